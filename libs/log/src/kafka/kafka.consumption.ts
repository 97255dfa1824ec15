import type { Consumer, ConsumerCrashEvent, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import { offset, topicName, type Offset, type TopicPartition } from '@logbook/contracts';
import { ConsumptionHaltedError, type Batch, type ConsumeOptions, type Consumption } from '@logbook/core';
import { deliverBatch } from '../delivery/deliver-batch.js';
import { Settlement } from '../delivery/settlement.js';
import { BATCH_MESSAGES_MAX_DEFAULT } from '../delivery/split-batch.js';
import { agreeStart, consumerFailed, partitionName, type PartitionView } from '../delivery/start-position.js';
import type { DriverLogger } from '../driver-logger.js';
import { Heartbeats } from './heartbeats.js';
import { HeldPartitions, type HeldPartition } from './held-partitions.js';
import { asLogError } from './kafka-errors.js';
import { storedMessage } from './stored-message.js';

export interface KafkaConsumptionOptions {
  readonly consumer: Consumer;
  readonly prefix: string;
  readonly consume: ConsumeOptions;
  readonly partitionsConcurrentMax: number;
  readonly logger: DriverLogger | undefined;
  readonly viewOf: (partition: TopicPartition) => PartitionView;
  /** Whether the log holds no message in [from, to). */
  readonly isGap: (partition: TopicPartition, from: Offset, to: Offset) => Promise<boolean>;
  /** Called once, when nothing of this consumption runs any more. */
  readonly released: () => void;
}

/**
 * One membership of a group. What each partition goes through:
 *
 * - joined: every join (also of partitions we had) pauses the partition before kafkajs fetches from it;
 * - agreeing: the consumer says where to start, the log is checked to hold that place; then seek and resume;
 * - delivering: a batch fetched from the agreed position is handed over, in pieces, while heartbeats go on;
 *   `STALE` takes it back to agreeing;
 * - lost: by the next join, or a crash after which kafkajs joins again. Retries stop; a call under way finishes.
 *
 * The whole leaves by `stop`, or by a halt. Offsets are never committed: a group is only used to share partitions.
 */
export class KafkaConsumption implements Consumption {
  private readonly settlement = new Settlement();
  private readonly held = new HeldPartitions();
  private readonly topicOf: ReadonlyMap<string, TopicPartition['topic']>;
  private leaving: Promise<void> | undefined;

  constructor(private readonly options: KafkaConsumptionOptions) {
    this.topicOf = new Map(options.consume.topics.map((topic) => [topicName(options.prefix, topic), topic]));
  }

  get ended(): Promise<void> {
    return this.settlement.ended;
  }

  assignment(): readonly TopicPartition[] {
    return this.leaving === undefined ? this.held.all().map(({ topic, partition }) => ({ topic, partition })) : [];
  }

  /** Joins the group; rejects with `LogUnavailableError` if no broker can be reached. */
  async start(): Promise<void> {
    const { consumer, partitionsConcurrentMax } = this.options;
    consumer.on(consumer.events.GROUP_JOIN, (event) => this.joined(event));
    consumer.on(consumer.events.CRASH, (event) => this.crashed(event));
    try {
      await consumer.connect();
      // An offset that is out of range is reset to the beginning: then a batch comes, and `beginsAtPosition` refuses it.
      // Reset to the end, the consumer would look idle.
      await consumer.subscribe({ topics: [...this.topicOf.keys()], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsConcurrentMax,
        eachBatch: (payload) => this.fetched(payload),
      });
    } catch (error) {
      await this.leave();
      throw asLogError(error, `joining the consumers of ${[...this.topicOf.keys()].join(', ')}`);
    }
  }

  async stop(): Promise<void> {
    await this.leave();
    this.settlement.stopped();
  }

  /** Lets the batches under way finish, then leaves the group. */
  private leave(): Promise<void> {
    if (this.leaving === undefined) {
      for (const held of this.held.all()) held.release();
      this.leaving = this.options.consumer
        .disconnect()
        .catch(() => undefined)
        .then(() => Promise.all(this.held.all().map(({ busy }) => busy)))
        .then(() => this.options.released());
    }
    return this.leaving;
  }

  /** Not awaited by whoever finds the reason: leaving waits for the very batch that found it. */
  private halt(error: ConsumptionHaltedError): void {
    if (this.leaving !== undefined) return;
    void this.leave().then(() => this.settlement.halted(error));
  }

  /** kafkajs calls this before it fetches under the new assignment, so nothing is fetched from a place not agreed. */
  private joined({ payload }: ConsumerGroupJoinEvent): void {
    const { consumer, consume } = this.options;
    if (this.leaving !== undefined) {
      // kafkajs ignores a disconnect while it joins; it can leave once it has.
      setImmediate(() => void consumer.disconnect().catch(() => undefined));
      return;
    }
    const assigned = Object.entries(payload.memberAssignment).flatMap(([name, partitions]) => {
      const topic = this.topicOf.get(name);
      return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }));
    });
    consumer.pause(
      assigned.map(({ topic, partition }) => ({
        topic: topicName(this.options.prefix, topic),
        partitions: [partition],
      })),
    );
    const { lost, gained } = this.held.replace(assigned);
    for (const partition of lost) consume.consumer.revoked?.(partition);
    for (const partition of gained) void this.agree(partition);
  }

  /** kafkajs has left the group. Where it will not join again by itself, nothing else would tell that consumption ended. */
  private crashed({ payload }: ConsumerCrashEvent): void {
    const { consume, logger } = this.options;
    if (payload.restart) {
      logger?.('error', 'the Kafka consumer crashed and starts again', { error: payload.error.message });
      for (const partition of this.held.replace([]).lost) consume.consumer.revoked?.(partition);
      return;
    }
    const reason = `the Kafka consumer gave up: ${payload.error.message}`;
    this.halt(new ConsumptionHaltedError('CLIENT_CRASHED', reason, { cause: payload.error }));
  }

  private async agree(held: HeldPartition): Promise<void> {
    const { consumer, consume, viewOf, logger, prefix } = this.options;
    const { topic, partition, signal } = held;
    const finished = held.begin();
    try {
      await held.previous;
      const next = await agreeStart({
        partition: { topic, partition },
        consumer: consume.consumer,
        view: viewOf(held),
        signal,
        logger,
      });
      if (next === 'STOPPED' || signal.aborted) return;
      held.position = next;
      const name = topicName(prefix, topic);
      consumer.seek({ topic: name, partition, offset: String(next) });
      consumer.resume([{ topic: name, partitions: [partition] }]);
    } catch (error) {
      // Aborted, the partition is agreed anew by whoever holds it now.
      if (!signal.aborted) this.halt(consumerFailed(partitionName(held), error));
    } finally {
      finished();
    }
  }

  private async fetched(payload: EachBatchPayload): Promise<void> {
    const held = this.heldOf(payload);
    // A seek waits: this was fetched before it. Unresolved, the offset does not move.
    if (held === undefined || held.position === undefined || held.signal.aborted || payload.isStale()) return;
    const finished = held.begin();
    const heartbeats = new Heartbeats(() => payload.heartbeat());
    try {
      if (!(await this.beginsAtPosition(held, payload))) this.agreeAgain(held);
      else await this.deliver(held, payload, heartbeats.lost);
    } catch (error) {
      this.halt(consumerFailed(partitionName(held), error));
    } finally {
      finished();
      heartbeats.end();
    }
  }

  /**
   * kafkajs silently resets an offset that is out of range, and silently steps over markers and aborted messages.
   * The first must not pass for the second, so a batch fetched from beyond the position counts only if the log
   * shows that nothing lies between.
   */
  private async beginsAtPosition(held: HeldPartition, { batch }: EachBatchPayload): Promise<boolean> {
    const position = held.position;
    const from = fetchedOffset(batch);
    if (position === undefined || from < position) return false;
    if (from === position) return true;
    // Unanswered, the question is asked again from the start of agreeing, which waits for the brokers.
    return this.options.isGap(held, position, from).catch(() => false);
  }

  private async deliver(held: HeldPartition, payload: EachBatchPayload, lost: AbortSignal): Promise<void> {
    const { consumer, consume, logger, prefix } = this.options;
    const delivery = await deliverBatch({
      fetched: this.batchOf(held, payload),
      consumer: consume.consumer,
      batchMessagesMax: consume.batchMessagesMax ?? BATCH_MESSAGES_MAX_DEFAULT,
      signal: AbortSignal.any([held.signal, lost]),
      logger,
      moved: (next) => (held.position = next),
    });
    if (held.signal.aborted) return;
    if (delivery === 'STALE') this.agreeAgain(held);
    else
      consumer.seek({ topic: topicName(prefix, held.topic), partition: held.partition, offset: String(held.position) });
  }

  private batchOf(held: HeldPartition, { batch }: EachBatchPayload): Batch {
    const { topic, partition } = held;
    return {
      topic,
      partition,
      from: held.position ?? offset(0),
      // Past the markers that kafkajs has filtered from the end of the batch.
      next: offset(Number(batch.lastOffset()) + 1),
      messages: batch.messages.map((message) => storedMessage({ topic, partition }, message)),
      end: offset(Number(batch.highWatermark)),
    };
  }

  /** Pauses the partition at once and asks again when the batch that found it necessary is through. */
  private agreeAgain(held: HeldPartition): void {
    if (held.signal.aborted) return;
    this.options.consumer.pause([{ topic: topicName(this.options.prefix, held.topic), partitions: [held.partition] }]);
    void this.agree(this.held.renew(held));
  }

  private heldOf({ batch }: EachBatchPayload): HeldPartition | undefined {
    const topic = this.topicOf.get(batch.topic);
    return topic === undefined || this.leaving !== undefined
      ? undefined
      : this.held.get({ topic, partition: batch.partition });
  }
}

/** Where the fetch began. Not in kafkajs's types, so its presence is checked: everything above depends on it. */
function fetchedOffset(batch: EachBatchPayload['batch']): Offset {
  const value = 'fetchedOffset' in batch ? Number(batch.fetchedOffset) : Number.NaN;
  if (!Number.isInteger(value)) throw new Error('this version of kafkajs does not tell where a batch was fetched from');
  return offset(value);
}
