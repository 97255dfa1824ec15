import { DEAD_LETTER_FORMS, encodeDeadLetter, type DeadLetter } from '@logbook/contracts';
import { type Batch, type Log, MessageTooLargeError } from '@logbook/core';
import type { Metrics } from '@logbook/observability';
import type { DeadLetterRow } from '@logbook/projections';

export interface DeadLetterPublisherOptions {
  readonly log: Pick<Log, 'append'>;
  readonly metrics: Metrics;
}

/**
 * Publishes dead letters to `dead-letters`, at least once each: whoever tells it commits only after it has resolved.
 * Rejects with `LogUnavailableError` while the log takes none.
 */
export class DeadLetterPublisher {
  constructor(private readonly options: DeadLetterPublisherOptions) {}

  async publish(rows: readonly DeadLetterRow[], batch: Batch): Promise<void> {
    const { metrics } = this.options;
    const messages = new Map(batch.messages.map((message) => [Number(message.offset), message]));
    for (const { offset, step, reason } of rows) {
      const message = messages.get(offset);
      if (message === undefined) throw new Error(`the batch holds no message at offset ${offset}`);
      await this.append({ message, step, reason });
      metrics.count('logbook_dead_letters_published_total', { topic: batch.topic, step });
    }
  }

  /** As much of the letter as fits: an original at the limit of its topic leaves no room for what is added to it. */
  private async append(letter: DeadLetter): Promise<void> {
    for (const form of DEAD_LETTER_FORMS) {
      try {
        await this.options.log.append('dead-letters', [encodeDeadLetter(letter, form)]);
        return;
      } catch (error) {
        if (!(error instanceof MessageTooLargeError)) throw error;
      }
    }
    throw new Error('the topic of dead letters takes not even a position');
  }
}
