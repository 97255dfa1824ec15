import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka, Producer, TopicOffsets } from 'kafkajs';
import { offset, partitionOfKey, topicName, type EncodedChange } from '@logbook/contracts';
import type { Feed, FeedPlace } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import { measureMessages } from '../message-limits.js';
import type { KafkaAdmin } from './kafka-admin.js';
import { asLogError, protocolErrorType } from './kafka-errors.js';

/** Where the place of a feed is kept. */
export interface FeedSource {
  readonly admin: KafkaAdmin;
  readonly prefix: string;
  readonly commandsPartition: number;
}

export interface KafkaFeedOptions extends FeedSource {
  readonly kafka: Kafka;
  readonly changesPartitions: number;
  /** Called once it is closed. */
  readonly closed: () => void;
}

/** A producer that died in a transaction holds readers of `changes` back until its successor comes, or for this long. */
const TRANSACTION_TIMEOUT_MS = 20_000;
const PUBLISH_TIMEOUT_MS = 30_000;
/**
 * The markers of the transaction before may be on their way, and a coordinator may be loading what it keeps; the client
 * library hands these on. As the Java client waits.
 */
const PASSING = new Set([
  'CONCURRENT_TRANSACTIONS',
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
]);
const BETWEEN_TRANSACTIONS_MS = 20;
/** One produce request stays below `max.message.bytes`, or holds one message. */
const REQUEST_BYTES_TARGET = 1024 * 1024;
/** What a broker answers a producer whose transactional id another has taken; the name depends on the broker's version. */
const TAKEN_OVER = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH']);

/**
 * The feed as a transactional producer, one id a partition of `commands`. Its place is the offset that the group `changes`
 * has committed there, moved in the transaction that holds the messages.
 *
 * Open -> publishing, one transaction a call -> of no use, after any failure: what became of the transaction is settled by
 * the `InitProducerId` of whoever opens the feed next, before it reads the place.
 */
export class KafkaFeed implements Feed {
  private constructor(
    private readonly options: KafkaFeedOptions,
    private readonly producer: Producer,
    private current: FeedPlace,
  ) {}

  static async open(options: KafkaFeedOptions): Promise<KafkaFeed> {
    const { kafka, prefix, commandsPartition } = options;
    const producer = kafka.producer({
      transactionalId: `${prefix}-changes-${commandsPartition}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
    });
    const what = `taking over the feed of commands[${commandsPartition}]`;
    try {
      const taken = async (): Promise<FeedPlace> => {
        await producer.connect();
        // The first transaction asks for the producer's epoch, which ends those of others; empty, it sends nothing else.
        await (await producer.transaction()).abort();
        return feedPlace(options);
      };
      return new KafkaFeed(options, producer, await withDeadline(taken(), PUBLISH_TIMEOUT_MS, what));
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw asLogError(error, what);
    }
  }

  get place(): FeedPlace {
    return this.current;
  }

  async publish(messages: readonly EncodedChange[], place: FeedPlace): Promise<'PUBLISHED' | 'TAKEN_OVER'> {
    const what = `publishing changes of commands[${this.options.commandsPartition}]`;
    try {
      await withDeadline(this.transactOnceTaken(messages, place), PUBLISH_TIMEOUT_MS, what);
      this.current = place;
      return 'PUBLISHED';
    } catch (error) {
      if (TAKEN_OVER.has(protocolErrorType(error) ?? '')) return 'TAKEN_OVER';
      throw asLogError(error, what);
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
    this.options.closed();
  }

  /** Again, as long as what a broker refuses passes by itself and the transaction is known to be undone. */
  private async transactOnceTaken(messages: readonly EncodedChange[], place: FeedPlace): Promise<void> {
    const deadlineMs = Date.now() + PUBLISH_TIMEOUT_MS;
    for (;;) {
      const refusal = await this.transact(messages, place);
      if (refusal === undefined) return;
      if (!PASSING.has(protocolErrorType(refusal) ?? '') || Date.now() > deadlineMs) throw refusal;
      await pause(BETWEEN_TRANSACTIONS_MS);
    }
  }

  /** Gives what a broker refused, once the transaction is undone; rejects where nobody can tell what became of it. */
  private async transact(messages: readonly EncodedChange[], place: FeedPlace): Promise<Error | undefined> {
    const { prefix, commandsPartition } = this.options;
    const transaction = await this.producer.transaction();
    try {
      for (const some of this.requestsOf(messages)) {
        await transaction.send({ topic: topicName(prefix, 'changes'), messages: some });
      }
      // The client's types leave out that a commit has metadata.
      const at = { partition: commandsPartition, offset: String(place.next), metadata: String(place.asOf) };
      const topics: TopicOffsets[] = [{ topic: topicName(prefix, 'commands'), partitions: [at] }];
      await transaction.sendOffsets({ consumerGroupId: groupOf(prefix), topics });
    } catch (error) {
      // Also so that readers need not wait for its time-out. Where it is another's by now, that is what the abort says too.
      await transaction.abort();
      return error as Error;
    }
    await transaction.commit();
    return undefined;
  }

  private requestsOf(messages: readonly EncodedChange[]) {
    const { changesPartitions } = this.options;
    const bytes = measureMessages('changes', messages, Number.POSITIVE_INFINITY);
    const requests: { key: string; value: Buffer | null; headers: Record<string, string>; partition: number }[][] = [];
    let left = 0;
    messages.forEach(({ key, value, headers }, index) => {
      const size = bytes[index] ?? 0;
      if (requests.length === 0 || size > left) {
        requests.push([]);
        left = REQUEST_BYTES_TARGET;
      }
      left -= size;
      requests.at(-1)?.push({ key, value, headers, partition: partitionOfKey(key, changesPartitions) });
    });
    return requests;
  }
}

const groupOf = (prefix: string): string => `${prefix}-changes`;

/** What is committed; nothing, where the feed was never published or the log has forgotten its place. */
export async function feedPlace({ admin, prefix, commandsPartition }: FeedSource): Promise<FeedPlace> {
  const found = await admin.committed(groupOf(prefix), topicName(prefix, 'commands'), commandsPartition);
  if (found === undefined) return { next: offset(0), asOf: offset(0) };
  const next = offset(Number(found.offset));
  if (!/^\d{1,16}$/.test(found.metadata ?? '')) return { next, asOf: next };
  return { next, asOf: offset(Number(found.metadata)) };
}
