import kafkajs, { type Cluster, type Consumer, type Kafka } from 'kafkajs';

const { PartitionAssigners } = kafkajs;

/**
 * Connections to a cluster and what its brokers say of themselves, without a group: a consumer that never runs lends
 * them (kafkajs hands them to a partition assigner). Connects when first asked.
 */
export class BorrowedCluster {
  private readonly consumer: Consumer;
  private cluster: Cluster | undefined;
  private connecting: Promise<void> | undefined;

  /** @param groupId names the consumer, which joins no group */
  constructor(kafka: Kafka, groupId: string) {
    this.consumer = kafka.consumer({
      groupId,
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

  async connected(): Promise<Cluster> {
    this.connecting ??= this.consumer.connect();
    await this.connecting.catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    });
    if (this.cluster === undefined) throw new Error('kafkajs did not hand its connections to the partition assigner');
    return this.cluster;
  }

  /** After a question that failed: a leader may have moved, a connection may be closed. */
  async lookAgain(error: unknown): Promise<void> {
    // kafkajs keeps a closed connection among the connected ones until it is told.
    if (isConnectionClosed(error)) this.cluster?.removeBroker({ host: error.host, port: error.port });
    await this.cluster?.refreshMetadata().catch(() => undefined);
  }

  /** Resolves when the connections are closed: what is under way on them may take its time-out first. */
  async close(): Promise<void> {
    await this.connecting?.catch(() => undefined);
    await this.consumer.disconnect().catch(() => undefined);
  }
}

const isConnectionClosed = (error: unknown): error is Error & { host: string; port: number } =>
  error instanceof Error && error.name === 'KafkaJSConnectionClosedError' && 'host' in error && 'port' in error;
