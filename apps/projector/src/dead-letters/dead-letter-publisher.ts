import { FOLDED_TOPICS } from '@logbook/contracts';
import { appendDeadLetter, type Batch, type Log } from '@logbook/core';
import type { Metrics } from '@logbook/observability';
import type { DeadLetterRow, DeadLetterStep } from '@logbook/projections';

export interface DeadLetterPublisherOptions {
  readonly log: Pick<Log, 'append'>;
  readonly metrics: Metrics;
}

const STEPS: readonly DeadLetterStep[] = ['decode', 'apply'];

/**
 * Publishes dead letters to `dead-letters`, at least once each: whoever tells it commits only after it has resolved.
 * Rejects with `LogUnavailableError` while the log takes none.
 */
export class DeadLetterPublisher {
  constructor(private readonly options: DeadLetterPublisherOptions) {
    // A series that begins at 1 shows no increase to an alert.
    for (const topic of FOLDED_TOPICS) {
      for (const step of STEPS) options.metrics.count('logbook_dead_letters_published_total', { topic, step }, 0);
    }
  }

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
