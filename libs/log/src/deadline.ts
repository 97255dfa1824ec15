import { LogUnavailableError } from '@logbook/core';

/**
 * Settles like `work`, or rejects with `LogUnavailableError` after `timeoutMs`. The work itself goes on;
 * what it does later is ignored.
 */
export async function withDeadline<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LogUnavailableError(`${what} took longer than ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}

const ANSWER_MS_MAX = 2_000;

/**
 * The answer of a dependency to a check of health, within 2 s. What is frozen does not refuse; it is silent, for as long as a
 * statement may run, and probes give up after seconds.
 */
export const soon = <T>(answer: Promise<T>): Promise<T> => withDeadline(answer, ANSWER_MS_MAX, 'the answer to a check');

/** Whether a dependency answers within 2 s. Never rejects. */
export const answersSoon = (answer: Promise<unknown>): Promise<boolean> =>
  soon(answer).then(
    () => true,
    () => false,
  );
