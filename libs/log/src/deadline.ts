import { LogUnavailableError } from '@logbook/core';
import { Timeouts } from './timeouts.js';

/** Of work that is done again and again, much of it at a time: a timer for each would cost more than the work. */
export class SharedDeadline {
  private readonly timeouts: Timeouts<(error: Error) => void>;

  constructor(timeoutMs: number, what: string) {
    this.timeouts = new Timeouts(timeoutMs, (expire) =>
      expire(new LogUnavailableError(`${what} took longer than ${timeoutMs} ms`)),
    );
  }

  /**
   * Settles like `work`, or rejects with `LogUnavailableError` once the time is over. The work itself goes on;
   * what it does later is ignored.
   */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail: (reason: unknown) => void = reject;
      this.timeouts.begin(fail);
      work.then(
        (result) => {
          this.timeouts.end(fail);
          resolve(result);
        },
        (reason: unknown) => {
          this.timeouts.end(fail);
          fail(reason);
        },
      );
    });
  }
}

/** The same of a single work. */
export const withDeadline = <T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> =>
  new SharedDeadline(timeoutMs, what).within(work);

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
