import fc from 'fast-check';
import type { Crash } from './crashing-store.contract.js';

/**
 * What happens next to one partition, or to all:
 * `APPLY`: its next batch is applied. `CRASH`: its owner crashes in it, and either a new owner asks where to start or
 * the same batch is delivered again. `CRASH_SIDE_BY_SIDE`: the owner of all partitions crashes in their next batches, which
 * share transactions. `STALE`: a batch from another position than the checkpoint is delivered.
 * `TWO_OWNERS`: two apply its next batch at the same time. `SIDE_BY_SIDE`: the next batch of every partition at the same time.
 */
export type Act =
  | { readonly kind: 'APPLY' | 'STALE' | 'TWO_OWNERS' | 'SIDE_BY_SIDE' }
  | { readonly kind: 'CRASH_SIDE_BY_SIDE'; readonly crash: Crash }
  | { readonly kind: 'CRASH'; readonly crash: Crash; readonly then: 'NEW_OWNER' | 'SAME_BATCH' };

export interface Step {
  /** Which of the partitions that are not yet at their end. */
  readonly partition: number;
  readonly messagesMax: number;
  /** Whether the batch ends behind the hole that follows its last message, as a fetch may say. */
  readonly pastHole: boolean;
  readonly act: Act;
}

/** A transaction of a batch has up to about this many statements. */
const STATEMENTS_MAX = 14;

const crash: fc.Arbitrary<Crash> = fc.record({
  at: fc.oneof(
    { weight: 3, arbitrary: fc.nat(STATEMENTS_MAX - 1) },
    { weight: 1, arbitrary: fc.constant('AFTER_COMMIT' as const) },
  ),
  cut: fc.nat(7).map((number) => number === 7),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ kind: 'APPLY' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('CRASH' as const),
      crash,
      then: fc.constantFrom('NEW_OWNER', 'SAME_BATCH'),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'STALE' as const }, { kind: 'TWO_OWNERS' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'SIDE_BY_SIDE' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('CRASH_SIDE_BY_SIDE' as const), crash }) },
);

/** What is left when the steps are over is applied in one batch a partition. */
export const schedules: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    partition: fc.nat(4),
    messagesMax: fc.integer({ min: 1, max: 6 }),
    pastHole: fc.boolean(),
    act,
  }),
  { maxLength: 8, size: 'max' },
);
