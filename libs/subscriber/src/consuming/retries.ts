import { setTimeout as pause } from 'node:timers/promises';

export interface RetryOptions {
  /** How often a message is tried before it becomes a dead letter; default 5. */
  readonly attemptsMax?: number;
  /** Before the second attempt; doubled before each further one. Default 100. */
  readonly firstWaitMs?: number;
  /** Default 10,000. */
  readonly waitMsMax?: number;
}

const ATTEMPTS_MAX_DEFAULT = 5;
const FIRST_WAIT_MS_DEFAULT = 100;
const WAIT_MS_MAX_DEFAULT = 10_000;

/** How often, and how long between. */
export class Retries {
  readonly attemptsMax: number;

  constructor(private readonly options: RetryOptions = {}) {
    this.attemptsMax = options.attemptsMax ?? ATTEMPTS_MAX_DEFAULT;
    if (!Number.isInteger(this.attemptsMax) || this.attemptsMax < 1) {
      throw new RangeError(`attemptsMax is ${this.attemptsMax}, not a whole number from 1`);
    }
  }

  waitMs(failures: number): number {
    const { firstWaitMs = FIRST_WAIT_MS_DEFAULT, waitMsMax = WAIT_MS_MAX_DEFAULT } = this.options;
    return Math.min(firstWaitMs * 2 ** Math.min(failures - 1, 30), waitMsMax);
  }

  /** Ends early when `signal` aborts. */
  async wait(failures: number, signal: AbortSignal): Promise<void> {
    await pause(this.waitMs(failures), undefined, { signal }).catch(() => undefined);
  }
}
