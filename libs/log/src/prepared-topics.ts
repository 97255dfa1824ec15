import { partitionCountOf, type PartitionCounts, type Topic, type TopicPartition } from '@logbook/contracts';
import { type Log, LogUnavailableError } from '@logbook/core';

export type PrepareOptions = Parameters<Log['prepare']>[0];

/** The partition counts a driver knows to be the log's, by topic. */
export class PreparedTopics {
  private readonly counts = new Map<Topic, number>();

  set(topic: Topic, partitions: number): void {
    this.counts.set(topic, partitions);
  }

  /** @throws LogUnavailableError until the topic was prepared: a process may run before its log has answered. */
  count(topic: Topic): number {
    const count = this.counts.get(topic);
    if (count === undefined)
      throw new LogUnavailableError(`topic ${topic} was not prepared yet: the log has not answered since the start`);
    return count;
  }

  names(): Topic[] {
    return [...this.counts.keys()];
  }

  partitionsOf(topics: readonly Topic[]): TopicPartition[] {
    return topics.flatMap((topic) =>
      Array.from({ length: this.count(topic) }, (_, partition) => ({ topic, partition })),
    );
  }
}

/** Both drivers refuse these before they ask anybody. */
export function requireCounts(topics: readonly Topic[], partitions: PartitionCounts): void {
  for (const topic of topics) {
    const count = partitionCountOf(partitions, topic);
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`topic ${topic} cannot have ${count} partitions`);
  }
}
