import { setTimeout as delay } from 'node:timers/promises';
import { FOLDED_TOPICS } from '@logbook/contracts';
import { classify, ConsumptionHaltedError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import {
  type Checkpoints,
  Generations,
  type KnownGeneration,
  Pointer,
  readCheckpointRows,
  readCheckpoints,
  type SwapOutcome,
} from '@logbook/store';
import { followGeneration, type FollowerOptions } from '../generation-follower.js';
import { logEndsOf, offsetsBefore } from '../log-ends.js';
import { requireConsumed, requireWholeLog, requireWithin } from './require-replayable.js';
import { verifyGeneration, type Verification, type VerifyOptions } from './verify-generation.js';
import { whileAway } from './while-away.js';

export interface RebuildProgress {
  readonly phase: 'FOLDING' | 'VERIFYING';
  readonly generation: string;
  readonly done: number;
  readonly total: number;
}

export interface RebuildOptions
  extends Omit<VerifyOptions, 'onProgress'>, Pick<FollowerOptions, 'control' | 'logger' | 'metrics'> {
  /** This process follows the generation too, beside the projectors or in their place. */
  readonly follow: boolean;
  /** Point readers to it at the end. */
  readonly swap: boolean;
  readonly onProgress: (progress: RebuildProgress) => void;
}

export interface Rebuilt {
  readonly generation: string;
  /** An earlier rebuild had begun it. */
  readonly resumed: boolean;
  readonly verification: Verification;
  /** `undefined` where it was not asked for, or the verification found a difference. */
  readonly swap?: SwapOutcome;
}

/** How far from the ends of the log a generation may be to be verified and swapped to: it goes on catching up meanwhile. */
const LAG_MESSAGES_MAX = 5_000;
const LOOK_MS = 250;

/**
 * A new generation from the beginning of the log, followed beside live traffic until it is close to its end, then
 * verified by an independent replay, then pointed to. Every step can be repeated: a store or a log that goes away
 * meanwhile is waited for, and called again after a crash it goes on with the generation that was being built.
 * Rejects with `ConsumptionHaltedError`, before anything is made, where the log has lost what was folded from it.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { store, signal, onProgress, swap } = options;
  const begin = { signal, what: 'beginning a rebuild' };
  const { generation, resumed } = await whileAway(async () => {
    await requireReplayable(options);
    return generationToBuild(options);
  }, begin);
  const { name } = generation;
  await fold(generation, options);
  signal.throwIfAborted();
  const verifying = (): Promise<Verification> =>
    verifyGeneration(generation, {
      ...options,
      onProgress: ({ done, total }) => onProgress({ phase: 'VERIFYING', generation: name, done, total }),
    });
  const verification = await whileAway(verifying, { signal, what: `verifying ${name}` });
  const built = { generation: name, resumed, verification };
  if (!verification.same) return built;
  const pointing = { signal, what: `pointing readers to ${name}` };
  await whileAway(() => new Generations(store).markVerified(name), pointing);
  return swap ? { ...built, swap: await whileAway(() => new Pointer(store).swap(name), pointing) } : built;
}

/** What readers use now was folded from this log, and all of it is still there. */
async function requireReplayable({ log, logId, store }: RebuildOptions): Promise<void> {
  const generations = new Generations(store);
  await generations.requireLog(logId);
  await requireWholeLog(log);
  const pointed = await generations.pointedTo();
  if (pointed === undefined) return;
  const checkpoints = await readCheckpointRows(store.pool, pointed.name).catch((error: unknown) => {
    // Somebody dropped its tables: there is nothing that a new generation would have to come up to.
    if (classify(error) === 'MISSING') return [];
    throw error;
  });
  await requireConsumed(log, pointed.name, checkpoints);
  // Asked after the checkpoints were read: what is past these ends is past them for good.
  requireWithin(await logEndsOf(log), pointed.name, checkpoints);
}

/** The one that a rebuild began and no swap has pointed to yet, or a new one. */
async function generationToBuild({
  store,
  log,
  logId,
}: RebuildOptions): Promise<{ readonly generation: KnownGeneration; readonly resumed: boolean }> {
  const generations = new Generations(store);
  const begun = (await generations.list()).findLast(
    (known) =>
      known.state === 'FOLLOWED' &&
      known.pointedAtMs === null &&
      known.foldVersion === CURRENT_FOLD_VERSION &&
      known.logId === logId,
  );
  if (begun !== undefined) return { generation: begun, resumed: true };
  const until = await logEndsOf(log);
  const made = { logId, foldVersion: CURRENT_FOLD_VERSION, state: 'FOLLOWED', until } as const;
  return { generation: await generations.create(made), resumed: false };
}

/**
 * Waits until the generation is ready and close to the end of the log. Where this process follows it too, it leaves
 * before the verification, so that a swap finds the projectors alone at it, and no readers wait for a rebalance.
 */
async function fold(generation: KnownGeneration, options: RebuildOptions): Promise<void> {
  const follower = options.follow ? await followGeneration(generation, options) : undefined;
  // A follower that halts ends the looking too: it would go on for as long as it can bear a store that is closed by then.
  const halted = new AbortController();
  try {
    const signal = AbortSignal.any([options.signal, halted.signal]);
    const close = untilClose(generation, { ...options, signal });
    await (follower === undefined ? close : Promise.race([close, follower.ended]));
  } finally {
    halted.abort();
    await follower?.stop();
  }
}

async function untilClose(generation: KnownGeneration, options: RebuildOptions): Promise<void> {
  const { log, signal, onProgress } = options;
  const look = { signal, what: `building ${generation.name}` };
  while (!signal.aborted) {
    const { ends, found } = await whileAway(
      async () => ({ ends: await logEndsOf(log), found: await checkpointsOf(generation, options) }),
      look,
    );
    const total = offsetsBefore(ends);
    const next = FOLDED_TOPICS.flatMap((topic) => [...(found?.next[topic].values() ?? [])]);
    const done = next.reduce<number>((a, b) => a + b, 0);
    onProgress({ phase: 'FOLDING', generation: generation.name, done, total });
    if (found?.ready === true && total - done <= LAG_MESSAGES_MAX) return;
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** `undefined` while its tables are missing, which whoever follows it makes again, unless it was dropped. */
async function checkpointsOf({ name }: KnownGeneration, { store }: RebuildOptions): Promise<Checkpoints | undefined> {
  try {
    const found = await readCheckpoints(store.pool, name);
    if (found !== undefined) return found;
  } catch (error) {
    if (classify(error) !== 'MISSING') throw error;
  }
  if ((await new Generations(store).find(name))?.state === 'FOLLOWED') return undefined;
  throw new ConsumptionHaltedError(
    'CONSUMER_FAILED',
    `${name} was dropped while it was built: the same command begins another`,
  );
}
