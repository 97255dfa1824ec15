import type { EncodedMessage, Position, Topic } from '@logbook/contracts';
import { type Log, LogUnavailableError, MessageTooLargeError } from '@logbook/core';

/** What appends to a log meet: it works, it refuses, it is silent, or it takes them and the answer is lost. */
export type Fault = 'NONE' | 'REFUSES' | 'SILENT' | 'ANSWER_LOST';

/** A real log behind a fault. */
export class FaultyLog {
  fault: Fault = 'NONE';
  /** Values that are refused for good, as by a broker whose limit was lowered. */
  readonly refusedForGood = new Set<string>();
  attempts = 0;
  /** The log is silent from the attempt after this one on. */
  silentAfter = Number.POSITIVE_INFINITY;

  constructor(private readonly log: Log) {}

  async append(topic: Topic, messages: readonly EncodedMessage[]): Promise<Position[]> {
    this.attempts += 1;
    if (this.fault === 'REFUSES') throw new LogUnavailableError('no broker answers');
    if (this.fault === 'SILENT' || this.attempts > this.silentAfter) return new Promise(() => undefined);
    if (messages.some(({ value }) => this.refusedForGood.has(value.toString()))) {
      throw new MessageTooLargeError('the broker refused the message');
    }
    const positions = await this.log.append(topic, messages);
    if (this.fault === 'ANSWER_LOST') throw new LogUnavailableError('the connection broke');
    return positions;
  }
}
