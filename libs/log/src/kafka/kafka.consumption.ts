import type { Kafka } from 'kafkajs';
import { topicName, type Offset, type Topic, type TopicPartition } from '@logbook/contracts';
import { ConsumptionHaltedError, type ConsumeOptions, type Consumption, type GroupPlace } from '@logbook/core';
import { deliverBatch } from '../delivery/deliver-batch.js';
import { requireGroup } from '../delivery/require-group.js';
import { Settlement } from '../delivery/settlement.js';
import { BATCH_BYTES_MAX, BATCH_MESSAGES_MAX_DEFAULT } from '../delivery/split-batch.js';
import { agreeStart, consumerFailed, partitionName, type PartitionView } from '../delivery/start-position.js';
import type { DriverLogger } from '../driver-logger.js';
import { GroupMembership } from './group-membership.js';
import { encodePlace, type GroupPlaces } from './group-places.js';
import { HeldPartitions, type HeldPartition } from './held-partitions.js';
import { Inbox, type InboxesTotal } from './inbox.js';
import { Leaders } from './leaders.js';
import type { MembershipWatchOptions } from './membership-watch.js';
import { PartitionFetches } from './partition-fetches.js';
import { Turns } from './turns.js';

const PARTITIONS_CONCURRENT_MAX_DEFAULT = 3;
/** More than those are handed over at the same time as long as they hold no more than this together. */
const HANDED_OVER_BYTES_MAX = PARTITIONS_CONCURRENT_MAX_DEFAULT * BATCH_BYTES_MAX;

export interface KafkaConsumptionOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly consume: ConsumeOptions;
  readonly logger: DriverLogger | undefined;
  readonly viewOf: (partition: TopicPartition) => PartitionView;
  readonly places: GroupPlaces;
  /** When a membership counts as lost. */
  readonly watch?: Pick<MembershipWatchOptions, 'intervalMs' | 'silentLooksMax'>;
  /** Called once, when nothing of this consumption runs any more. */
  readonly released: () => void;
}

/**
 * One membership of a group, and for each partition it holds a loop of its own:
 *
 * - agreeing: the consumer says where to start, and the log is checked to hold that place;
 * - delivering: what was fetched from there on is handed over, while the next is being fetched. `STALE`, or an offset that
 *   the log does not hold, takes it back to agreeing, which halts where that cannot be mended;
 * - released: by a rebalance, which waits for the call under way before this member joins again, or by a crash, after
 *   which kafkajs joins again by itself. What is held then is followed anew, from agreeing on.
 *
 * The whole leaves by `stop`, or by a halt. Only the consumer commits offsets, and none is begun from unless it says so;
 * kafkajs, which resets an offset that is out of range silently, fetches nothing.
 */
export class KafkaConsumption implements Consumption {
  private readonly settlement = new Settlement();
  private readonly held = new HeldPartitions();
  private readonly membership: GroupMembership;
  /** Connections of its own: a fetch waits at the broker for messages, and whatever follows it waits behind it. */
  private readonly fetching = new Map<Topic, { readonly leaders: Leaders; readonly fetches: PartitionFetches }>();
  private readonly inboxesTotal: InboxesTotal = { bytes: 0 };
  private readonly turns: Turns;
  private leaving: Promise<void> | undefined;

  constructor(private readonly options: KafkaConsumptionOptions) {
    const { kafka, prefix, group, sessionTimeoutMs, consume, logger } = options;
    this.turns = new Turns({
      atOnce: consume.partitionsConcurrentMax ?? PARTITIONS_CONCURRENT_MAX_DEFAULT,
      largeAtOnce: PARTITIONS_CONCURRENT_MAX_DEFAULT,
      bytesMax: HANDED_OVER_BYTES_MAX,
    });
    for (const topic of consume.topics) {
      const leaders = new Leaders(kafka, prefix);
      const gatherMs = consume.gatherMs?.[topic] ?? 0;
      this.fetching.set(topic, {
        leaders,
        fetches: new PartitionFetches({ leaders, prefix, topic, gatherMs, logger }),
      });
    }
    this.membership = new GroupMembership({
      kafka,
      prefix,
      group,
      topics: consume.topics,
      sessionTimeoutMs,
      beforeJoin: () => this.held.released(),
      onAssigned: (partitions) => this.assigned(partitions),
      onCrashed: (error, joinsAgain) => this.crashed(error, joinsAgain),
      watch: {
        ...options.watch,
        ask: () => Promise.all(consume.topics.map((topic) => options.viewOf({ topic, partition: 0 }).bounds())),
        onLost: () => this.lostMembership(),
      },
    });
  }

  get ended(): Promise<void> {
    return this.settlement.ended;
  }

  assignment(): readonly TopicPartition[] {
    return this.leaving === undefined ? this.held.all().map(({ topic, partition }) => ({ topic, partition })) : [];
  }

  /** Joins the group; rejects with `LogUnavailableError` if no broker can be reached. */
  async start(): Promise<void> {
    try {
      await this.membership.join();
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.leave();
    this.settlement.stopped();
  }

  /** Lets the calls under way finish, then leaves the group. */
  private leave(): Promise<void> {
    this.leaving ??= this.held
      .released()
      .then(() => this.membership.leave())
      .then(() => this.stopFetching())
      .then(() => this.options.released());
    return this.leaving;
  }

  private async stopFetching(): Promise<void> {
    const fetching = [...this.fetching.values()];
    for (const { fetches } of fetching) fetches.close();
    await Promise.all(fetching.map(({ leaders }) => leaders.close()));
  }

  /** Not awaited by whoever finds the reason: leaving waits for the very loop that found it. */
  private halt(error: ConsumptionHaltedError): void {
    if (this.leaving !== undefined) return;
    void this.leave().then(() => this.settlement.halted(error));
  }

  private assigned(partitions: readonly TopicPartition[]): void {
    if (this.leaving !== undefined) return;
    const { lost, gained } = this.held.replace(partitions);
    for (const partition of lost) this.options.consume.consumer.revoked?.(partition);
    for (const held of gained) held.follow(() => this.follow(held));
  }

  /** Where kafkajs does not join again by itself, nothing else would tell that consumption ended. */
  private crashed(error: Error, joinsAgain: boolean): void {
    if (!joinsAgain) {
      const reason = `the Kafka consumer gave up: ${error.message}`;
      return this.halt(new ConsumptionHaltedError('CLIENT_CRASHED', reason, { cause: error }));
    }
    this.options.logger?.('error', 'the Kafka consumer crashed and starts again', { error: error.message });
    this.assigned([]);
  }

  private lostMembership(): void {
    const topics = this.options.consume.topics.map((topic) => topicName(this.options.prefix, topic)).join(', ');
    const reason = `the Kafka consumer of ${topics} is no member of its group any more, though the brokers answer`;
    // Said at once: a client that has stopped without a word may never come back from leaving either.
    this.settlement.halted(
      new ConsumptionHaltedError('STALLED', `${reason}. Nothing was skipped; restarting is safe.`),
    );
    void this.leave();
  }

  private async follow(held: HeldPartition): Promise<void> {
    try {
      while (!held.signal.aborted) {
        const next = await this.agree(held);
        if (next !== 'STOPPED') await this.deliver(held, next);
      }
    } catch (error) {
      this.halt(consumerFailed(partitionName(held), error));
    }
  }

  private async agree(held: HeldPartition): Promise<Offset | 'STOPPED'> {
    const { consume, viewOf, logger } = this.options;
    const { topic, partition, signal } = held;
    try {
      return await agreeStart({
        partition: { topic, partition },
        consumer: consume.consumer,
        place: this.placeOf(held),
        view: viewOf(held),
        signal,
        logger,
      });
    } catch (error) {
      // Released, the partition is agreed anew by whoever holds it now.
      if (signal.aborted) return 'STOPPED';
      throw error;
    }
  }

  /** Until the partition is released, or has to be agreed again. */
  private async deliver(held: HeldPartition, start: Offset): Promise<void> {
    const { consume, logger } = this.options;
    const fetching = this.fetching.get(held.topic);
    if (fetching === undefined) throw new Error(`${held.topic} is not one of the topics consumed`);
    const inbox = new Inbox(held, start, fetching.fetches, this.inboxesTotal);
    const close = (): void => inbox.close();
    held.signal.addEventListener('abort', close);
    try {
      for (let position = start; !held.signal.aborted;) {
        const taken = await inbox.take(position);
        if (taken === 'NOT_HELD' || taken === 'CLOSED') return;
        const delivery = await this.turns.run(
          () =>
            deliverBatch({
              fetched: taken.batch,
              consumer: consume.consumer,
              place: this.placeOf(held),
              batchMessagesMax: consume.batchMessagesMax ?? BATCH_MESSAGES_MAX_DEFAULT,
              signal: held.signal,
              logger,
              moved: (next) => (position = next),
            }),
          taken.bytes,
        );
        if (delivery !== 'CONSUMED') return;
      }
    } finally {
      held.signal.removeEventListener('abort', close);
      inbox.close();
    }
  }

  private placeOf(held: HeldPartition): GroupPlace {
    const { places, prefix, consume } = this.options;
    const { topic, partition } = held;
    return {
      committed: () => places.committed(held),
      commit: async (position) => {
        requireGroup(consume.group);
        await this.membership.commit({ topic: topicName(prefix, topic), partition, ...encodePlace(position) });
      },
    };
  }
}
