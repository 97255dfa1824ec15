import { messageSha256, offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import type { Batch, BatchOutcome, PartitionConsumer, StartPosition } from '@logbook/core';

/**
 * A consumer that keeps checkpoints as a projection would, in memory, and shouts when a driver breaks its promises:
 * a gap, a batch that begins elsewhere, an empty one. Two consumers may share `checkpoints`, as two processes
 * share a database.
 */
export class RecordingConsumer implements PartitionConsumer {
  readonly messages: StoredMessage[] = [];
  readonly batches: Batch[] = [];
  readonly asked: TopicPartition[] = [];
  readonly lost: TopicPartition[] = [];
  /** What stands in for the effects of a batch; may reject, wait, or say `STALE`. */
  before: (batch: Batch) => Promise<BatchOutcome> = async () => 'CONSUMED';

  constructor(readonly checkpoints = new Map<string, StartPosition>()) {}

  async assigned(partition: TopicPartition): Promise<StartPosition> {
    this.asked.push(partition);
    return this.checkpoint(partition);
  }

  async consume(batch: Batch): Promise<BatchOutcome> {
    if (batch.messages.length === 0) throw new Error('an empty batch was handed over');
    const outcome = await this.before(batch);
    if (outcome === 'STALE') return 'STALE';
    const expected = this.checkpoint(batch).next;
    if (batch.from !== expected) {
      // As a database would: somebody else has moved the checkpoint, so nothing of this batch counts.
      if (this.shared) return 'STALE';
      throw new Error(`a batch of ${placeOf(batch)} began at ${batch.from}, not at ${expected}`);
    }
    const last = batch.messages[batch.messages.length - 1];
    if (last === undefined) throw new Error('unreachable: the batch is not empty');
    this.checkpoints.set(placeOf(batch), {
      next: batch.next,
      last: { offset: last.offset, sha256: messageSha256(last) },
    });
    this.messages.push(...batch.messages);
    this.batches.push(batch);
    return 'CONSUMED';
  }

  /** Set where other consumers use the same checkpoints. */
  shared = false;

  revoked(partition: TopicPartition): void {
    this.lost.push(partition);
  }

  checkpoint(partition: TopicPartition): StartPosition {
    return this.checkpoints.get(placeOf(partition)) ?? { next: offset(0) };
  }

  values(): string[] {
    return this.messages.map(({ value }) => value?.toString() ?? '');
  }
}

export const placeOf = ({ topic, partition }: TopicPartition): string => `${topic}[${partition}]`;
