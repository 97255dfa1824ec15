import { setTimeout as pause } from 'node:timers/promises';
import { DependencyUnavailableError, LogUnavailableError } from '@logbook/core';
import type { DriverLogger } from '../driver-logger.js';

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 10_000;

export type RetryOutcome<T> = { readonly outcome: 'DONE'; readonly value: T } | { readonly outcome: 'STOPPED' };

/**
 * Repeats `work` while what it needs is away, with doubling waits of 100 ms to 10 s, until it succeeds or
 * `signal` aborts. There is no last attempt: a partition is kept until its dependency is back, and lag and
 * the log lines say so. Work under way is never interrupted; only the waits are.
 * Rejects with anything that waiting cannot mend.
 */
export async function retryWhileAway<T>(
  work: () => Promise<T>,
  { what, signal, logger }: { what: string; signal: AbortSignal; logger: DriverLogger | undefined },
): Promise<RetryOutcome<T>> {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return { outcome: 'DONE', value: await work() };
    } catch (error) {
      if (!isAway(error)) throw error;
      const waitMs = Math.min(BACKOFF_FIRST_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS);
      logger?.('warn', `${what}: a dependency is away; trying again`, { attempt, waitMs, error: error.message });
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return { outcome: 'STOPPED' };
}

const isAway = (error: unknown): error is Error =>
  error instanceof DependencyUnavailableError || error instanceof LogUnavailableError;
