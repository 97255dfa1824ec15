import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { Generations, type KnownGeneration, type LogEnds } from '@logbook/store';
import { FOLDED_TOPICS } from '@logbook/contracts';
import { offsetsBefore } from '../log-ends.js';
import type { RebuildProgress } from './rebuild.js';
import { replayUntil } from './replay-until.js';
import { requireWholeLog } from './require-replayable.js';
import type { VerifyOptions } from './verify-generation.js';

export interface FreezeOptions extends Omit<VerifyOptions, 'onProgress'> {
  readonly until: LogEnds;
  /** The time by which `until` was found. */
  readonly asOfMs?: number | undefined;
  readonly onProgress: (progress: RebuildProgress) => void;
}

/**
 * A generation that stands apart: the log folded up to a vector, for an investigation. Nobody follows it and readers are
 * never pointed to it. Called again after a crash it goes on with the one that was begun for the same vector.
 */
export async function freeze(options: FreezeOptions): Promise<KnownGeneration> {
  const { log, until, onProgress } = options;
  await requireWholeLog(log);
  const generation = await generationToFreeze(options);
  const total = offsetsBefore(until);
  let done = 0;
  await replayUntil({
    ...options,
    generation,
    onApplied: (messages) =>
      onProgress({ phase: 'FOLDING', generation: generation.name, done: (done += messages), total }),
  });
  return generation;
}

async function generationToFreeze({ store, logId, until, asOfMs }: FreezeOptions): Promise<KnownGeneration> {
  const generations = new Generations(store);
  await generations.requireLog(logId);
  const begun = (await generations.list()).findLast(
    (known) =>
      known.state === 'FROZEN' &&
      known.foldVersion === CURRENT_FOLD_VERSION &&
      known.logId === logId &&
      isSame(known.until, until),
  );
  return begun ?? generations.create({ logId, foldVersion: CURRENT_FOLD_VERSION, state: 'FROZEN', until, asOfMs });
}

const isSame = (one: LogEnds | null, other: LogEnds): boolean =>
  FOLDED_TOPICS.every((topic) => JSON.stringify(one?.[topic]) === JSON.stringify(other[topic]));
