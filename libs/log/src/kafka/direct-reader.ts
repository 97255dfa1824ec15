import {
  offset,
  topicName,
  type Offset,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import type { Bounds } from '../delivery/start-position.js';
import { LOOKUP_TIMEOUT_MS } from './kafka-options.js';
import type { Leaders } from './leaders.js';
import type { FetchedPartition } from './fetch-request.js';
import { fetchFromLeader, isOutOfRange, pieceOf } from './partition-fetch.js';
import { Turns } from './turns.js';

const READ_BYTES_MAX = 1024 * 1024;

/**
 * Reads offsets and single fetches from the leaders of partitions. An offset out of range is an answer here, not a
 * silent reset. Every question is bounded and rejects with `LogUnavailableError` when it stays unanswered.
 *
 * Fetches go one at a time, and so do questions for offsets: asked to send while a connection is being made, kafkajs
 * makes a second one and forgets to close the first.
 */
export class DirectReader {
  private readonly fetches = new Turns({ atOnce: 1 });
  private readonly offsetQuestions = new Turns({ atOnce: 1 });
  /** Questions whose turn has not come: whoever asks the same now may share the answer. */
  private readonly waiting = new Map<string, Promise<Offset[]>>();

  constructor(
    private readonly leaders: Leaders,
    private readonly prefix: string,
  ) {}

  /** Per partition (the index), the lowest offset the log holds. */
  starts(topic: Topic): Promise<Offset[]> {
    return this.offsets(topic, { fromBeginning: true });
  }

  /** Per partition (the index), the offset of the next message. */
  ends(topic: Topic): Promise<Offset[]> {
    return this.offsets(topic, { fromBeginning: false });
  }

  async bounds({ topic, partition }: TopicPartition): Promise<Bounds> {
    const [starts, ends] = await Promise.all([this.starts(topic), this.ends(topic)]);
    const start = starts[partition];
    const end = ends[partition];
    if (start === undefined || end === undefined) {
      throw new LogUnavailableError(`the brokers do not know ${topicName(this.prefix, topic)}[${partition}]`);
    }
    return { start, end };
  }

  /** The message at exactly this offset; `undefined` if there is none. */
  async read(partition: TopicPartition, at: Offset): Promise<StoredMessage | undefined> {
    const fetched = await this.fetch(partition, at);
    const piece = fetched === undefined ? undefined : await pieceOf(partition, at, fetched);
    const [message] = piece?.messages ?? [];
    return message?.offset === at ? message : undefined;
  }

  private offsets(topic: Topic, place: { fromBeginning: boolean }): Promise<Offset[]> {
    const question = `${topic} ${place.fromBeginning}`;
    let answer = this.waiting.get(question);
    if (answer === undefined) {
      answer = this.offsetQuestions.run(() => {
        this.waiting.delete(question);
        return this.askOffsets(topic, place);
      });
      this.waiting.set(question, answer);
    }
    return withDeadline(answer, LOOKUP_TIMEOUT_MS, `asking for the offsets of ${topicName(this.prefix, topic)}`);
  }

  private askOffsets(topic: Topic, { fromBeginning }: { fromBeginning: boolean }): Promise<Offset[]> {
    const what = `asking for the offsets of ${topicName(this.prefix, topic)}`;
    return this.leaders.ask({ topic, what }, async (cluster, name) => {
      const partitions = cluster
        .findTopicPartitionMetadata(name)
        .map(({ partitionId }) => ({ partition: partitionId }));
      const [found] = await cluster.fetchTopicsOffset([{ topic: name, fromBeginning, partitions }]);
      // A partition without a leader is left out of the answer; without it there is none.
      if (found === undefined || found.partitions.length !== partitions.length)
        throw new Error(`a partition of ${name} has no leader`);
      const offsets: Offset[] = [];
      for (const { partition, offset: at } of found.partitions) offsets[partition] = offset(Number(at));
      return offsets;
    });
  }

  /** What the leader has from an offset on; `undefined` if that is out of range. */
  private async fetch(partition: TopicPartition, at: Offset): Promise<FetchedPartition | undefined> {
    const what = `reading ${topicName(this.prefix, partition.topic)}[${partition.partition}] from offset ${at}`;
    const work = () =>
      this.leaders.ask({ topic: partition.topic, what, final: isOutOfRange }, (cluster, name) =>
        fetchFromLeader(cluster, { name, partition: partition.partition, at, bytesMax: READ_BYTES_MAX }),
      );
    try {
      return await withDeadline(this.fetches.run(work), LOOKUP_TIMEOUT_MS, what);
    } catch (error) {
      if (isOutOfRange(error)) return undefined;
      throw error;
    }
  }
}
