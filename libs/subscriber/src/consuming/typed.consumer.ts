import type { TopicPartition } from '@logbook/contracts';
import type {
  Batch,
  BatchOutcome,
  Delivery,
  GroupPlace,
  Log,
  PartitionConsumer,
  StartPosition,
  SubscriberMetrics,
} from '@logbook/core';
import type { DriverLogger } from '@logbook/log';
import type { CheckpointStore, Place } from '../checkpoints/checkpoint-store.js';
import { startOffset, type Start } from '../start.js';
import { admit, type AdmitOptions, type Work } from './admit.js';
import type { DeadLetters } from './dead-letters.js';
import { InTransactions } from './in-transactions.js';
import { OneByOne } from './one-by-one.js';
import type { Retries } from './retries.js';
import { Tally } from './tally.js';

export interface TypedConsumerOptions extends AdmitOptions {
  readonly log: Log;
  readonly group: string;
  readonly start: Start;
  readonly checkpoints: CheckpointStore;
  readonly letters: DeadLetters;
  readonly retries: Retries;
  readonly keysMax: number;
  readonly metrics: SubscriberMetrics | undefined;
  readonly logger: DriverLogger | undefined;
}

/** Turns the batches of one topic into calls of typed handlers. */
export class TypedConsumer implements PartitionConsumer {
  constructor(private readonly options: TypedConsumerOptions) {}

  async assigned(partition: TopicPartition, delivery: Delivery): Promise<StartPosition> {
    const { checkpoints, log, start } = this.options;
    const place = this.place(partition, delivery);
    const found = await checkpoints.find(place);
    if (found !== undefined) return found;
    const next = await startOffset(log, partition, { start, signal: delivery.signal });
    return checkpoints.begin(place, { next });
  }

  async consume(batch: Batch, delivery: Delivery): Promise<BatchOutcome> {
    const { metrics, group } = this.options;
    const { topic, partition } = batch;
    const begunMs = performance.now();
    const tally = new Tally(metrics, group);
    try {
      const outcome = await this.handle(admit(batch, this.options), delivery, tally);
      metrics?.count('logbook_subscriber_batches_total', { group, topic, outcome }, 1);
      if (outcome === 'CONSUMED') {
        const lag = Math.max(0, batch.end - batch.next);
        metrics?.set('logbook_subscriber_lag_messages', { group, topic, partition: String(partition) }, lag);
        metrics?.observe(
          'logbook_subscriber_batch_duration_seconds',
          { group, topic },
          (performance.now() - begunMs) / 1_000,
        );
      }
      return outcome;
    } finally {
      tally.flush();
    }
  }

  private handle(work: Work, delivery: Delivery, tally: Tally): Promise<BatchOutcome> {
    const { checkpoints, letters, retries, keysMax } = this.options;
    const { signal } = delivery;
    const place = this.place(work.batch, delivery);
    if (checkpoints.rollsBack) {
      return new InTransactions({ store: checkpoints, place, letters, retries, tally, signal }).apply(work);
    }
    return checkpoints.move(place, work.batch, () =>
      new OneByOne(work, { letters, retries, keysMax, tally, signal }).run(),
    );
  }

  private place({ topic, partition }: TopicPartition, inLog: GroupPlace): Place {
    const { group, metrics, logger } = this.options;
    const onCommitFailed = (error: Error): void => {
      metrics?.count('logbook_subscriber_commits_failed_total', { group, topic }, 1);
      logger?.('warn', 'the log did not take a position; the next one covers it', {
        topic,
        partition,
        error: error.message,
      });
    };
    return { group, topic, partition, inLog, onCommitFailed };
  }
}
