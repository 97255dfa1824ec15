import { appendDeadLetter, type Batch, type Log } from '@logbook/core';
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
    const { log, metrics } = this.options;
    const messages = new Map(batch.messages.map((message) => [Number(message.offset), message]));
    for (const { offset, step, reason } of rows) {
      const message = messages.get(offset);
      if (message === undefined) throw new Error(`the batch holds no message at offset ${offset}`);
      await appendDeadLetter(log, { message, step, reason });
      metrics.count('logbook_dead_letters_published_total', { topic: batch.topic, step });
    }
  }
}
