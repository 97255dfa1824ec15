import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Cluster, type Consumer, type Kafka } from 'kafkajs';
import { topicName, type Topic } from '@logbook/contracts';
import { withDeadline } from '../deadline.js';
import { asLogError } from './kafka-errors.js';
import { LOOKUP_TIMEOUT_MS } from './kafka-options.js';

const { PartitionAssigners } = kafkajs;
const RETRY_MS = 100;

/**
 * Asks the leaders of a topic's partitions, without joining a group: a consumer that never runs lends its
 * connections (kafkajs hands them to a partition assigner). kafkajs's admin client does not do for this: when a
 * leader has moved it reports the error and goes on asking the old one until its metadata expires, minutes later.
 */
export class Leaders {
  private readonly consumer: Consumer;
  private cluster: Cluster | undefined;
  private connected: Promise<void> | undefined;
  private closed = false;

  constructor(
    kafka: Kafka,
    private readonly prefix: string,
  ) {
    this.consumer = kafka.consumer({
      groupId: `${prefix}-leaders`,
      allowAutoTopicCreation: false,
      // The end of a partition is where the next message goes, whatever transactions are open.
      readUncommitted: true,
      partitionAssigners: [
        (config) => {
          this.cluster = config.cluster;
          return PartitionAssigners.roundRobin(config);
        },
      ],
    });
  }

  /**
   * Repeats a question until it is answered: a leader may have moved, a broker may be starting.
   * Rejects with `LogUnavailableError` after 15 s; with `final` errors at once and as they are.
   */
  ask<T>(
    { topic, what, final = () => false }: { topic: Topic; what: string; final?: (error: unknown) => boolean },
    question: (cluster: Cluster, name: string) => Promise<T>,
  ): Promise<T> {
    const deadline = Date.now() + LOOKUP_TIMEOUT_MS;
    const untilAnswered = async (): Promise<T> => {
      for (;;) {
        try {
          return await this.askOnce(topic, question);
        } catch (error) {
          if (final(error)) throw error;
          // Once closed, another try would connect again.
          if (this.closed || Date.now() + RETRY_MS > deadline) throw asLogError(error, what);
          await pause(RETRY_MS);
          await this.lookAgain(error);
        }
      }
    };
    return withDeadline(untilAnswered(), LOOKUP_TIMEOUT_MS, what);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.connected?.catch(() => undefined);
    await this.consumer.disconnect().catch(() => undefined);
  }

  private async askOnce<T>(topic: Topic, question: (cluster: Cluster, name: string) => Promise<T>): Promise<T> {
    const cluster = await this.connectedCluster();
    const name = topicName(this.prefix, topic);
    await cluster.addTargetTopic(name);
    await cluster.refreshMetadataIfNecessary();
    return question(cluster, name);
  }

  private async connectedCluster(): Promise<Cluster> {
    this.connected ??= this.consumer.connect();
    await this.connected.catch((error: unknown) => {
      this.connected = undefined;
      throw error;
    });
    if (this.cluster === undefined) throw new Error('kafkajs did not hand its connections to the partition assigner');
    return this.cluster;
  }

  private async lookAgain(error: unknown): Promise<void> {
    // kafkajs keeps a closed connection among the connected ones until it is told.
    if (isConnectionClosed(error)) this.cluster?.removeBroker({ host: error.host, port: error.port });
    await this.cluster?.refreshMetadata().catch(() => undefined);
  }
}

const isConnectionClosed = (error: unknown): error is Error & { host: string; port: number } =>
  error instanceof Error && error.name === 'KafkaJSConnectionClosedError' && 'host' in error && 'port' in error;
