import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { isCompacted, partitionCountOf, topicName, type PartitionCounts, type Topic } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import { asLogError, protocolErrorType } from './kafka-errors.js';
import { LOOKUP_TIMEOUT_MS, type KafkaLogOptions } from './kafka-options.js';
import { requireSettings, wantedSettings, type FoundTopic, type WantedTopic } from './topic-settings.js';

const { ConfigResourceTypes } = kafkajs;
const NOT_YET = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);
const VISIBLE_POLL_MS = 100;
const PING_TIMEOUT_MS = 3_000;
const REPLICATION_FACTOR_DEFAULT = 3;

/** Creates and checks topics, over one connection made when first needed. */
export class KafkaAdmin {
  private readonly admin: Admin;
  private connected: Promise<void> | undefined;

  constructor(
    kafka: Kafka,
    private readonly options: KafkaLogOptions,
  ) {
    this.admin = kafka.admin();
  }

  /** Creates what is missing and checks what is there. */
  async prepare(topics: readonly Topic[], partitions: PartitionCounts): Promise<void> {
    const wanted = topics.map((topic) => ({ ...this.wanted(topic), partitions: partitionCountOf(partitions, topic) }));
    await this.bounded(`preparing ${wanted.map(({ name }) => name).join(', ')}`, async () => {
      const existing = new Set(await this.admin.listTopics());
      const missing = wanted.filter(({ name }) => !existing.has(name));
      if (missing.length > 0) await this.create(missing);
      for (const found of await this.find(wanted.map(({ name }) => name))) {
        const match = wanted.find(({ name }) => name === found.name);
        if (match !== undefined) requireSettings(found, match);
      }
    });
  }

  /** Whether every partition of the topics has a leader with enough replicas in sync to acknowledge an append. */
  async ping(topics: readonly Topic[]): Promise<void> {
    const names = topics.map((topic) => topicName(this.options.prefix, topic));
    await withDeadline(
      this.bounded('asking the brokers who leads', async () => {
        const { topics: described } = await this.admin.fetchTopicMetadata({ topics: names });
        for (const { name, partitions } of described) {
          for (const { partitionId, leader, isr, replicas } of partitions) {
            const needed = Math.min(this.options.minInsyncReplicas ?? (replicas.length >= 3 ? 2 : 1), replicas.length);
            if (leader < 0 || isr.length < needed)
              throw new LogUnavailableError(
                `${name}[${partitionId}] has ${isr.length} replicas in sync, not ${needed}`,
              );
          }
        }
      }),
      PING_TIMEOUT_MS,
      'asking the brokers who leads',
    );
  }

  /** What a group has committed about a partition; `undefined` where it has nothing. */
  async committed(
    groupId: string,
    topic: string,
    partition: number,
  ): Promise<{ readonly offset: string; readonly metadata: string | null } | undefined> {
    return this.bounded(`asking what ${groupId} has committed`, async () => {
      const [found] = await this.admin.fetchOffsets({ groupId, topics: [topic] });
      const at = found?.partitions.find((each) => each.partition === partition);
      return at === undefined || Number(at.offset) < 0 ? undefined : at;
    });
  }

  async close(): Promise<void> {
    await this.connected?.catch(() => undefined);
    await this.admin.disconnect().catch(() => undefined);
  }

  private wanted(topic: Topic): Omit<WantedTopic, 'partitions'> {
    const { prefix, messageBytesMax, minInsyncReplicas } = this.options;
    return { name: topicName(prefix, topic), compacted: isCompacted(topic), messageBytesMax, minInsyncReplicas };
  }

  private async create(missing: readonly WantedTopic[]): Promise<void> {
    const { brokers } = await this.admin.describeCluster();
    const replicationFactor = this.options.replicationFactor ?? Math.min(REPLICATION_FACTOR_DEFAULT, brokers.length);
    // Resolves also when another process was faster; what it made is checked like everything that was there.
    await this.admin.createTopics({
      // kafkajs's own wait gives up when the first broker asked has not heard of the topic; `find` asks again.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor,
        configEntries: wantedSettings(topic, replicationFactor).map(({ name, value }) => ({ name, value })),
      })),
    });
  }

  /** A new topic is not known to every broker at once, nor led, so this asks until the caller's deadline. */
  private async find(names: string[]): Promise<FoundTopic[]> {
    const deadline = Date.now() + LOOKUP_TIMEOUT_MS;
    for (;;) {
      try {
        return await this.describe(names);
      } catch (error) {
        if (!NOT_YET.has(protocolErrorType(error) ?? '') || Date.now() > deadline) throw error;
        await pause(VISIBLE_POLL_MS);
      }
    }
  }

  private async describe(names: string[]): Promise<FoundTopic[]> {
    const [{ topics }, { resources }] = await Promise.all([
      this.admin.fetchTopicMetadata({ topics: names }),
      this.admin.describeConfigs({
        includeSynonyms: false,
        resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
      }),
    ]);
    return topics.map(({ name, partitions }) => {
      const described = resources.find(({ resourceName }) => resourceName === name);
      return {
        name,
        partitions: partitions.length,
        replicationFactor: Math.min(...partitions.map(({ replicas }) => replicas.length)),
        settings: new Map(described?.configEntries.map(({ configName, configValue }) => [configName, configValue])),
      };
    });
  }

  private bounded<T>(what: string, work: () => Promise<T>): Promise<T> {
    // The client library's own reasons ("Broker not connected") name no broker, and this is all that a failed start says.
    const asking = `${what} at ${this.options.brokers.join(', ')} (do brokers run there?)`;
    const connectedWork = async (): Promise<T> => {
      this.connected ??= this.admin.connect();
      await this.connected.catch((error: unknown) => {
        this.connected = undefined;
        throw error;
      });
      return work();
    };
    return withDeadline(connectedWork(), LOOKUP_TIMEOUT_MS, asking).catch((error: unknown) => {
      throw asLogError(error, asking);
    });
  }
}
