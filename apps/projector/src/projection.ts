import type { TopicPartition } from '@logbook/contracts';
import type { Batch, BatchOutcome, StartPosition } from '@logbook/core';
import type { Logger, Metrics } from '@logbook/observability';
import type { BatchWriter, Generation } from '@logbook/store';
import type { CheckpointSource } from '@logbook/subscriber';

export interface ProjectionOptions {
  readonly generation: Generation;
  readonly writer: BatchWriter;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Called after a commit, so that readers in the same process need not poll. */
  readonly onCommitted?: (() => void) | undefined;
}

/** One generation being followed: its checkpoints, and its rows batch by batch. */
export class Projection implements CheckpointSource {
  constructor(private readonly options: ProjectionOptions) {}

  startPosition(partition: TopicPartition): Promise<StartPosition> {
    return this.options.writer.startPosition(this.options.generation, partition);
  }

  async apply(batch: Batch): Promise<BatchOutcome> {
    const { generation, writer, metrics, logger, onCommitted } = this.options;
    const { topic, partition } = batch;
    const outcome = await writer.apply(generation, batch);
    metrics.count('logbook_projected_batches_total', { topic, outcome });
    if (outcome === 'STALE') {
      logger.warn({ topic, partition, from: batch.from }, 'another projector moved this checkpoint; nothing was written');
      return outcome;
    }
    metrics.count('logbook_projected_messages_total', { topic }, batch.messages.length);
    metrics.set(
      'logbook_projection_lag_messages',
      { topic, partition: String(partition) },
      Math.max(0, batch.end - batch.next),
    );
    onCommitted?.();
    return outcome;
  }
}
