import kafkajs, {
  type Cluster,
  type Consumer,
  type ConsumerCrashEvent,
  type Kafka,
  type TopicPartitionOffsetAndMetadata,
} from 'kafkajs';
import { topicName, type Topic, type TopicPartition } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { asLogError } from './kafka-errors.js';
import { MembershipWatch, type MembershipWatchOptions } from './membership-watch.js';

const { PartitionAssigners } = kafkajs;

/** A member that does not join again within this, because what it consumes takes so long, is left behind. */
const REBALANCE_TIMEOUT_MS = 30_000;
/** How often kafkajs looks whether a heartbeat is due, since it has nothing to fetch. */
const LOOK_MS = 250;

export interface GroupMembershipOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly group: string;
  readonly topics: readonly Topic[];
  readonly sessionTimeoutMs: number;
  /** Awaited before this member joins, and joins again in a rebalance: until then others wait for it. */
  readonly beforeJoin: () => Promise<void>;
  /** What this member holds from now on, in place of what it held before. */
  readonly onAssigned: (partitions: readonly TopicPartition[]) => void;
  /** It left the group after an error, and joins again by itself, or not. */
  readonly onCrashed: (error: Error, joinsAgain: boolean) => void;
  /** How the membership is watched: kafkajs can lose it without an event. */
  readonly watch: Omit<MembershipWatchOptions, 'consumer'>;
}

/**
 * A member of a consumer group that reads nothing: kafkajs joins, beats and leaves, and every partition stays paused.
 * Who holds a partition fetches it by other means.
 */
export class GroupMembership {
  private readonly consumer: Consumer;
  private readonly watch: MembershipWatch;
  private leaving: Promise<void> | undefined;
  private started!: () => void;
  private readonly running = new Promise<void>((resolve) => (this.started = resolve));

  constructor(private readonly options: GroupMembershipOptions) {
    const { kafka, prefix, group, sessionTimeoutMs, beforeJoin } = options;
    this.consumer = kafka.consumer({
      groupId: `${prefix}-${group}`,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 4),
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: LOOK_MS,
      allowAutoTopicCreation: false,
      partitionAssigners: [
        (config) => {
          waitBeforeJoining(config.cluster, beforeJoin);
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
    this.watch = new MembershipWatch({ consumer: this.consumer, ...options.watch });
  }

  /** Joins the group; rejects with `LogUnavailableError` if no broker can be reached. */
  async join(): Promise<void> {
    const { consumer } = this;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment));
    consumer.on(consumer.events.CRASH, (event) => this.crashed(event));
    const names = [...this.topics().keys()];
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: names });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: ({ batch }) =>
          Promise.reject(
            new LogUnavailableError(`kafkajs fetched ${batch.topic}[${batch.partition}], which is paused`),
          ),
      });
      this.started();
      this.watch.start();
    } catch (error) {
      this.started();
      await this.leave();
      throw asLogError(error, `joining the consumers of ${names.join(', ')}`);
    }
  }

  /**
   * Commits an offset of a partition held. kafkajs silently commits nothing before `run` has resolved, nor once it is
   * asked to leave. Rejects with `LogUnavailableError`, also where the partition is another member's by now.
   */
  async commit(place: TopicPartitionOffsetAndMetadata): Promise<void> {
    await this.running;
    if (this.leaving !== undefined) throw new LogUnavailableError('the consumer has left its group');
    await this.consumer.commitOffsets([place]).catch((error: unknown) => {
      throw asLogError(error, `committing the place of ${place.topic}[${place.partition}]`);
    });
  }

  leave(): Promise<void> {
    this.watch.end();
    this.leaving ??= this.consumer.disconnect().catch(() => undefined);
    return this.leaving;
  }

  /** kafkajs calls this before it fetches under the new assignment. */
  private joined(assignment: Readonly<Record<string, readonly number[]>>): void {
    const { consumer } = this;
    if (this.leaving !== undefined) {
      // kafkajs ignores a disconnect while it joins; it can leave once it has.
      setImmediate(() => void consumer.disconnect().catch(() => undefined));
      return;
    }
    consumer.pause(Object.entries(assignment).map(([topic, partitions]) => ({ topic, partitions: [...partitions] })));
    const topics = this.topics();
    this.options.onAssigned(
      Object.entries(assignment).flatMap(([name, partitions]) => {
        const topic = topics.get(name);
        return topic === undefined ? [] : partitions.map((partition) => ({ topic, partition }));
      }),
    );
  }

  private crashed({ payload }: ConsumerCrashEvent): void {
    if (this.leaving === undefined) this.options.onCrashed(payload.error, payload.restart);
  }

  private topics(): ReadonlyMap<string, Topic> {
    return new Map(this.options.topics.map((topic) => [topicName(this.options.prefix, topic), topic]));
  }
}

/** Each time it joins, kafkajs looks for the coordinator first; nothing else of its interface can be awaited there. */
function waitBeforeJoining(cluster: Cluster, beforeJoin: () => Promise<void>): void {
  const find = cluster.findGroupCoordinator.bind(cluster);
  cluster.findGroupCoordinator = async (group) => {
    await beforeJoin();
    return find(group);
  };
}
