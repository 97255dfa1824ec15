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

/** Whether a dependency answers within 2 s, for a check of health. Never rejects. */
export const answersSoon = (answer: Promise<unknown>): Promise<boolean> =>
  withDeadline(answer, ANSWER_MS_MAX, 'the answer to a check').then(
    () => true,
    () => false,
  );
