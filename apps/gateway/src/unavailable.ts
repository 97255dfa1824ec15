import { DependencyUnavailableError, LogUnavailableError } from '@logbook/core';

/** Seconds after which a client may try again: outages this answer speaks of usually end within a few. */
export const RETRY_AFTER_SECONDS = 1;

export interface Unavailable {
  readonly outcome: 'UNAVAILABLE';
  readonly retryAfterSeconds: number;
  /** For the client: what is missing, without internals. */
  readonly reason: string;
}

export const unavailable = (reason: string): Unavailable => ({
  outcome: 'UNAVAILABLE',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
  reason,
});

/** Runs `operation`; a dependency that is away becomes the outcome `UNAVAILABLE`, anything else stays an error. */
export async function orUnavailable<T>(operation: () => Promise<T>): Promise<T | Unavailable> {
  try {
    return await operation();
  } catch (error) {
    return unavailableFor(error);
  }
}

/** The outcome of a dependency that is away; throws anything else again. */
export function unavailableFor(error: unknown): Unavailable {
  if (error instanceof LogUnavailableError) return unavailable('the log cannot be reached');
  if (error instanceof DependencyUnavailableError) return unavailable('the projections cannot be reached');
  throw error;
}
