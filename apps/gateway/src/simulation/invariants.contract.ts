/** What must hold, whatever happens. `DESIGN.md` has the reasons. */
export const INVARIANTS = [
  'ACKNOWLEDGED_IS_DURABLE',
  'ACKNOWLEDGED_IS_ONE_ROW',
  'RETRY_IS_ONE_EVENT',
  'NUMBERS_WITHOUT_GAPS',
  'REPLAYS_AGREE',
  'CHECKPOINT_PASSES_ONLY_WHAT_WAS_APPLIED',
  'ZOMBIE_WRITES_NOTHING',
  'CACHE_IS_NEVER_WRONG',
  'READ_YOUR_WRITES',
  'SPOOL_KEEPS_ORDER',
  'SPOOL_KEEPS_MESSAGES',
  'NOT_FOUND_ONLY_IF_THE_LOG_DOES_NOT_HOLD_IT',
  'RECOVERS',
] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** An invariant that did not hold. */
export class Violation extends Error {
  constructor(
    readonly invariant: Invariant,
    what: string,
  ) {
    super(`${invariant}: ${what}`);
  }
}
