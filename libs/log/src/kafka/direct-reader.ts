import type { Cluster } from 'kafkajs';
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
import { InTurn } from './in-turn.js';
import { LOOKUP_TIMEOUT_MS } from './kafka-options.js';
import type { Leaders } from './leaders.js';
import { storedMessage, type FetchedMessage } from './stored-message.js';

const READ_COMMITTED = 1;
const FETCH_WAIT_MS = 100;
const FETCH_BYTES_MAX = 1024 * 1024;
/** The key of the marker that ends an aborted transaction. Source: Kafka protocol guide, control records. */
const ABORT_MARKER_KEY = Buffer.from([0, 0, 0, 0]);

/** A message as a fetch response has it, with what kafkajs knows of its record batch. */
interface FetchedRecord extends FetchedMessage {
  readonly isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
}
interface FetchedPartition {
  readonly messages: readonly FetchedRecord[];
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
}

/**
 * Reads offsets and single fetches from the leaders of partitions. An offset out of range is an answer here, not a
 * silent reset. Every question is bounded and rejects with `LogUnavailableError` when it stays unanswered.
 *
 * Fetches go one at a time, and so do questions for offsets: asked to send while a connection is being made, kafkajs
 * makes a second one and forgets to close the first.
 */
export class DirectReader {
  private readonly fetches = new InTurn();
  private readonly offsetQuestions = new InTurn();
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
    const found = fetched === undefined ? undefined : committed(fetched).find((each) => Number(each.offset) === at);
    return found === undefined ? undefined : storedMessage(partition, found);
  }

  /** Whether no message lies in [from, to): only markers, aborted messages and holes. */
  async isGap(partition: TopicPartition, from: Offset, to: Offset): Promise<boolean> {
    let next = Number(from);
    while (next < to) {
      const fetched = await this.fetch(partition, offset(next));
      const records = (fetched?.messages ?? []).filter((record) => Number(record.offset) >= next);
      const last = records[records.length - 1];
      if (fetched === undefined || last === undefined) return false;
      const inside = committed(fetched).some((record) => Number(record.offset) >= next && Number(record.offset) < to);
      if (inside) return false;
      next = Number(last.offset) + 1;
    }
    return true;
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
        fetchFromLeader(cluster, { name, partition: partition.partition, at }),
      );
    try {
      return await withDeadline(this.fetches.run(work), LOOKUP_TIMEOUT_MS, what);
    } catch (error) {
      if (isOutOfRange(error)) return undefined;
      throw error;
    }
  }
}

async function fetchFromLeader(
  cluster: Cluster,
  { name, partition, at }: { name: string; partition: number; at: Offset },
): Promise<FetchedPartition | undefined> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(name, [partition]));
  if (nodeId === undefined) throw new Error(`${name}[${partition}] has no leader`);
  const broker = await cluster.findBroker({ nodeId });
  const response = (await broker.fetch({
    isolationLevel: READ_COMMITTED,
    maxWaitTime: FETCH_WAIT_MS,
    minBytes: 1,
    maxBytes: FETCH_BYTES_MAX,
    topics: [{ topic: name, partitions: [{ partition, fetchOffset: String(at), maxBytes: FETCH_BYTES_MAX }] }],
  })) as { readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[] };
  return response.responses[0]?.partitions[0];
}

const isOutOfRange = (error: unknown): boolean => error instanceof Error && error.name === 'KafkaJSOffsetOutOfRange';

/** Without markers and without the messages of aborted transactions, of which the response tells where each begins. */
function committed({ messages, abortedTransactions }: FetchedPartition): FetchedRecord[] {
  const begins = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  return messages.filter((record) => {
    while (begins[0] !== undefined && Number(begins[0].firstOffset) <= Number(record.offset)) {
      aborting.add(begins[0].producerId);
      begins.shift();
    }
    const producerId = record.batchContext?.producerId ?? '';
    if (record.isControlRecord === true) {
      if (record.key?.equals(ABORT_MARKER_KEY) === true) aborting.delete(producerId);
      return false;
    }
    return !(record.batchContext?.inTransaction === true && aborting.has(producerId));
  });
}
