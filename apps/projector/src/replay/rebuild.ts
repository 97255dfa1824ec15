import { setTimeout as delay } from 'node:timers/promises';
import { FOLDED_TOPICS } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import {
  Generations,
  type KnownGeneration,
  type LogEnds,
  Pointer,
  readCheckpoints,
  type SwapOutcome,
} from '@logbook/store';
import { followGeneration, logEndsOf, type FollowerOptions } from '../generation-follower.js';
import { verifyGeneration, type Verification, type VerifyOptions } from './verify-generation.js';

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
 * verified by an independent replay, then pointed to. Every step can be repeated: called again after a crash it goes on
 * with the generation that was being built.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { store, signal, onProgress, swap } = options;
  const { generation, resumed } = await generationToBuild(options);
  await fold(generation, options);
  signal.throwIfAborted();
  const verification = await verifyGeneration(generation, {
    ...options,
    onProgress: ({ done, total }) => onProgress({ phase: 'VERIFYING', generation: generation.name, done, total }),
  });
  const built = { generation: generation.name, resumed, verification };
  if (!verification.same) return built;
  await new Generations(store).markVerified(generation.name);
  return swap ? { ...built, swap: await new Pointer(store).swap(generation.name) } : built;
}

/** The one that a rebuild began and no swap has pointed to yet, or a new one. */
async function generationToBuild({
  store,
  log,
  logId,
}: RebuildOptions): Promise<{ readonly generation: KnownGeneration; readonly resumed: boolean }> {
  const generations = new Generations(store);
  await generations.requireLog(logId);
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
  try {
    const close = untilClose(generation, options);
    await (follower === undefined ? close : Promise.race([close, follower.ended]));
  } finally {
    await follower?.stop();
  }
}

async function untilClose(
  generation: KnownGeneration,
  { store, log, signal, onProgress }: RebuildOptions,
): Promise<void> {
  while (!signal.aborted) {
    const ends = await logEndsOf(log);
    const found = await readCheckpoints(store.pool, generation.name);
    if (found === undefined) throw new DependencyUnavailableError(`${generation.name} was dropped while it was built`);
    const total = sum(ends);
    const done = FOLDED_TOPICS.flatMap((topic) => [...found.next[topic].values()]).reduce<number>((a, b) => a + b, 0);
    onProgress({ phase: 'FOLDING', generation: generation.name, done, total });
    if (found.ready && total - done <= LAG_MESSAGES_MAX) return;
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

const sum = (ends: LogEnds): number => FOLDED_TOPICS.flatMap((topic) => ends[topic]).reduce<number>((a, b) => a + b, 0);
