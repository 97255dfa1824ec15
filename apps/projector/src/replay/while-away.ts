import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailableError, isAway } from '@logbook/core';

const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 5_000;
/** An attempt that lasted longer than any time-out had come far: what fails then is counted from anew. */
const PROGRESS_MS = 60_000;
/** An outage that lasts longer is for somebody to look at; what was done until then is kept. */
export const AWAY_MS_MAX = 5 * 60_000;

export interface WhileAwayOptions {
  readonly signal: AbortSignal;
  /** What is repeated, as the object of "while": `verifying gen_2`. */
  readonly what: string;
  readonly awayMsMax?: number;
}

/**
 * Repeats `work`, which must be safe to repeat, while the store or the log is away, with doubling pauses. Rejects with
 * `DependencyUnavailableError` once that has lasted `awayMsMax`, with the abort's reason when `signal` is aborted, and
 * at once with whatever waiting cannot mend.
 */
export async function whileAway<T>(
  work: () => Promise<T>,
  { signal, what, awayMsMax = AWAY_MS_MAX }: WhileAwayOptions,
): Promise<T> {
  let pauseMs = PAUSE_FIRST_MS;
  let awaySinceMs: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const begunMs = performance.now();
    try {
      return await work();
    } catch (error) {
      if (!isAway(error)) throw error;
      const nowMs = performance.now();
      if (awaySinceMs === undefined || nowMs - begunMs > PROGRESS_MS) {
        awaySinceMs = nowMs;
        pauseMs = PAUSE_FIRST_MS;
      }
      if (nowMs - awaySinceMs >= awayMsMax) throw stayedAway(error, what, awayMsMax);
      await delay(Math.min(pauseMs, PAUSE_MAX_MS), undefined, { signal }).catch(() => undefined);
      pauseMs *= 2;
    }
  }
}

const stayedAway = (cause: Error, what: string, awayMs: number): DependencyUnavailableError =>
  new DependencyUnavailableError(
    `a dependency stayed away for ${Math.round(awayMs / 1_000)} s while ${what}: ${cause.message}. ` +
      'What was done is kept: the same command goes on from here.',
    { cause },
  );
