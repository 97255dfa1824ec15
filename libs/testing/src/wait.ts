import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** The deadline. Default 15 s. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 25 ms. */
  readonly intervalMs?: number;
  /** What is awaited, as the object of "waited for": `the session to count 3 events`. */
  readonly what: string;
}

/** Said when a condition did not come true before its deadline; `cause` is the last failure of the check. */
export class NeverHappenedError extends Error {
  override readonly name = 'NeverHappenedError';
}

/**
 * Looks again and again until the condition holds, and gives what the check gave.
 * A check that throws or gives `false` has not happened yet; anything else, `undefined` included, has:
 * so both `expect(…)` inside the check and a plain boolean work. Checks never overlap.
 * Past the deadline it rejects with `NeverHappenedError`, also when a check itself hangs.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions,
): Promise<Exclude<T, false>> {
  const { timeoutMs = 15_000, intervalMs = 25, what } = options;
  const deadlineMs = performance.now() + timeoutMs;
  let last: unknown = new Error('the check gave false');
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) throw neverHappened(what, timeoutMs, last);
    try {
      const value = await within(leftMs, check);
      if (value !== false) return value as Exclude<T, false>;
      last = new Error('the check gave false');
    } catch (error) {
      last = error;
    }
    await pause(Math.min(intervalMs, Math.max(0, deadlineMs - performance.now())));
  }
}

async function within<T>(timeoutMs: number, check: () => T | Promise<T>): Promise<T> {
  const timer = new AbortController();
  const hung = pause(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error('the check did not come back');
  });
  try {
    return await Promise.race([hung, Promise.resolve().then(check)]);
  } finally {
    hung.catch(() => undefined);
    timer.abort();
  }
}

function neverHappened(what: string, timeoutMs: number, last: unknown): NeverHappenedError {
  const why = last instanceof Error ? last.message : String(last);
  return new NeverHappenedError(`waited ${timeoutMs} ms for ${what}; last seen: ${why}`, { cause: last });
}
