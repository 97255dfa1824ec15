/** What a limiter says of a call, and how it stands after it. */
export interface LimitVerdict {
  readonly state: 'WITHIN' | 'EXCEEDED';
  /** Points left in this window. */
  readonly remaining: number;
  /** Until the window ends and all points are there again. */
  readonly resetMs: number;
}

/** `points` in each window of `windowSeconds`, which begins with the first point taken. */
export interface Limit {
  readonly points: number;
  readonly windowSeconds: number;
}

/**
 * Counts points by key, in fixed windows. Never rejects, and answers within the time-out of its driver: where a shared counter is
 * away, this process counts for itself, so that a limit holds for each process instead of all together.
 */
export interface RateLimiter {
  readonly limit: Limit;
  /** Takes `points`, or none of them if there are not so many left. */
  consume(key: string, points: number): Promise<LimitVerdict>;
  close(): Promise<void>;
}
