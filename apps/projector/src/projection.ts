import type { TopicPartition } from '@logbook/contracts';
import type { Batch, BatchOutcome, StartPosition } from '@logbook/core';
import type { ControlFollower } from '@logbook/log';
import type { Logger, Metrics } from '@logbook/observability';
import type { BatchWriter, Generation } from '@logbook/store';
import type { CheckpointSource, PartitionLag } from '@logbook/subscriber';
import type { ChangePublishers } from './changes/change-publishers.js';
import type { Isolation } from './isolation/isolation.js';

export interface ProjectionOptions {
  readonly generation: Generation;
  /** Makes the tables of the generation again where somebody dropped them. */
  readonly ensureTables: () => Promise<unknown>;
  readonly writer: BatchWriter;
  /** Applies batches, and sets aside what Postgres refuses. */
  readonly isolation: Pick<Isolation, 'apply'>;
  readonly control: Pick<ControlFollower, 'catchUp'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Publishes what the commands of the partitions held changed; without it, nobody here does. */
  readonly changes?: Pick<ChangePublishers, 'held' | 'moved' | 'revoked'> | undefined;
  /** Told of each batch committed, so that readers in the same process need not poll. */
  readonly onCommitted?: ((batch: Batch) => void) | undefined;
}

/** One generation being followed: its checkpoints, and its rows batch by batch. */
export class Projection implements CheckpointSource {
  private readonly held = new Map<TopicPartition['topic'], Set<number>>();

  constructor(private readonly options: ProjectionOptions) {}

  /**
   * Tables dropped under a running projector end up here, since their batches come back `STALE`. What an owner before had
   * skipped is followed first, so that it is not judged a second time.
   */
  async startPosition(partition: TopicPartition): Promise<StartPosition> {
    const { generation, writer, ensureTables, control, changes } = this.options;
    await control.catchUp();
    await ensureTables();
    const start = await writer.startPosition(generation, partition);
    this.partitionsOf(partition.topic).add(partition.partition);
    this.measureHeld(partition.topic);
    if (partition.topic === 'commands') changes?.held(partition.partition);
    return start;
  }

  revoked({ topic, partition }: TopicPartition): void {
    const { generation, metrics } = this.options;
    this.partitionsOf(topic).delete(partition);
    this.measureHeld(topic);
    // Its new owner says how far behind it is.
    const labels = { generation: generation.name, topic, partition: String(partition) };
    void metrics.forget('logbook_projection_lag_messages', labels);
    if (topic === 'commands') this.options.changes?.revoked(partition);
  }

  async apply(batch: Batch): Promise<BatchOutcome> {
    const { generation, isolation, metrics, logger, changes, onCommitted } = this.options;
    const { topic, partition } = batch;
    const outcome = await this.timed(topic, () => isolation.apply(batch));
    metrics.count('logbook_projected_batches_total', { topic, outcome });
    if (outcome === 'STALE') {
      logger.warn(
        { generation: generation.name, topic, partition, from: batch.from },
        'another projector moved this checkpoint; nothing was written',
      );
      return outcome;
    }
    metrics.count('logbook_projected_messages_total', { topic }, batch.messages.length);
    this.behind({ topic, partition, messages: Math.max(0, batch.end - batch.next) });
    onCommitted?.(batch);
    if (topic === 'commands') changes?.moved(partition);
    return outcome;
  }

  /** How much waits in a partition: known after each batch, and looked at while none can be applied. */
  behind({ topic, partition, messages }: PartitionLag): void {
    const { generation, metrics } = this.options;
    const labels = { generation: generation.name, topic, partition: String(partition) };
    metrics.set('logbook_projection_lag_messages', labels, messages);
  }

  private async timed<T>(topic: string, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      const seconds = (performance.now() - startMs) / 1000;
      this.options.metrics.observe('logbook_projected_batch_duration_seconds', { topic }, seconds);
    }
  }

  private partitionsOf(topic: TopicPartition['topic']): Set<number> {
    let partitions = this.held.get(topic);
    if (partitions === undefined) this.held.set(topic, (partitions = new Set()));
    return partitions;
  }

  private measureHeld(topic: TopicPartition['topic']): void {
    const { generation, metrics } = this.options;
    const labels = { generation: generation.name, topic };
    metrics.set('logbook_projection_partitions', labels, this.partitionsOf(topic).size);
  }
}
