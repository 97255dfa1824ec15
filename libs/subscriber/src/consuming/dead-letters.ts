import type { DeadLetter, StoredMessage } from '@logbook/contracts';
import { ConsumptionHaltedError } from '@logbook/core';

const MINUTE_MS = 60_000;
const REASON_CHARS_MAX = 512;

export interface DeadLettersOptions {
  readonly group: string;
  readonly publish: (letter: DeadLetter) => Promise<void>;
  readonly perMinuteMax: number;
  readonly now: () => number;
  readonly onBuried: (letter: DeadLetter) => void;
}

/**
 * Sets messages aside: what cannot be decoded, and what a handler failed at again and again. Of the latter only a few a
 * minute: more are not the messages' fault, and then nothing is set aside.
 */
export class DeadLetters {
  private readonly failures: number[] = [];

  constructor(private readonly options: DeadLettersOptions) {}

  /** Resolves once the letter is durable. Rejects with `LogUnavailableError` while the log takes none. */
  async undecodable(message: StoredMessage, reason: string): Promise<void> {
    await this.bury({ message, step: 'decode', reason, group: this.options.group });
  }

  /** As `undecodable`. @throws ConsumptionHaltedError `CONSUMER_FAILED` where too many failed within a minute. */
  async failed(message: StoredMessage, error: unknown): Promise<void> {
    const { now, perMinuteMax, group } = this.options;
    const reason = reasonOf(error);
    while (this.failures[0] !== undefined && this.failures[0] <= now() - MINUTE_MS) this.failures.shift();
    if (this.failures.length >= perMinuteMax) {
      throw new ConsumptionHaltedError(
        'CONSUMER_FAILED',
        `the handler failed at ${placeOf(message)}: ${reason}. It was not set aside: ${perMinuteMax} messages were ` +
          'within the last minute, so the handler or what it needs is at fault. Mend it and start the service again: it goes on from here.',
        { cause: error },
      );
    }
    await this.bury({ message, step: 'handle', reason, group });
    this.failures.push(now());
  }

  private async bury(letter: DeadLetter): Promise<void> {
    await this.options.publish(letter);
    this.options.onBuried(letter);
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, REASON_CHARS_MAX);

const placeOf = ({ topic, partition, offset }: StoredMessage): string => `${topic}[${partition}] offset ${offset}`;
