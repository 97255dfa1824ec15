import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailableError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { Generations, type Generation } from '@logbook/store';
import { FollowedGenerations, type FollowedState } from './followed-generations.js';
import type { FollowerOptions } from './generation-follower.js';
import { logEndsOf } from './log-ends.js';

export interface ProjectorOptions extends FollowerOptions {
  /** Ends the wait for a store that is away. */
  readonly stopping: AbortSignal;
}

export interface RunningProjector {
  /** The one that readers were pointed to at the start. */
  readonly generation: Generation;
  /** By name, how every generation fares here. */
  states(): ReadonlyMap<string, FollowedState>;
  /** Rejects when the generation that readers are pointed to halted. */
  readonly failed: Promise<never>;
  /** Finishes the batches under way, leaves the groups. */
  stop(): Promise<void>;
}

/** How often a store that is away is tried again at the start. */
const STORE_RETRY_MS = 1_000;

/** Follows every generation there is, making the first where there is none. Waits for a store that is away. */
export async function startProjector(options: ProjectorOptions): Promise<RunningProjector> {
  const { log, logId, store } = options;
  const generations = new Generations(store);
  const generation = await onceStoreAnswers(
    () => generations.ensureLive({ logId, foldVersion: CURRENT_FOLD_VERSION, logEnds: () => logEndsOf(log) }),
    options,
  );
  const followed = new FollowedGenerations(options);
  try {
    await onceStoreAnswers(() => followed.start(), options);
  } catch (error) {
    await followed.stop();
    throw error;
  }
  return { generation, states: () => followed.states(), failed: followed.failed, stop: () => followed.stop() };
}

async function onceStoreAnswers<T>(ask: () => Promise<T>, { logger, stopping }: ProjectorOptions): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError) || stopping.aborted) throw error;
      logger.warn({ err: error }, 'the store is away; trying again');
      await delay(STORE_RETRY_MS);
    }
  }
}
