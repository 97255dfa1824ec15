import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import {
  partitionCountOf,
  partitionOfKey,
  type EncodedChange,
  type RawMessage,
  type Offset,
  type Position,
  type StoredMessage,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import {
  LogUnavailableError,
  type Batch,
  type ConsumeOptions,
  type Consumption,
  type Feed,
  type FeedPlace,
  type Log,
  type ScanOptions,
} from '@logbook/core';
import { scanPieces } from '../delivery/scan-pieces.js';
import type { PartitionView } from '../delivery/start-position.js';
import { PreparedTopics, requireCounts, type PrepareOptions } from '../prepared-topics.js';
import { AppendQueue } from './append-queue.js';
import { encodeRecords } from './encode-records.js';
import { DirectReader } from './direct-reader.js';
import { KafkaAdmin } from './kafka-admin.js';
import { createKafkaClient } from './kafka-client.js';
import { GroupPlaces } from './group-places.js';
import { KafkaConsumption } from './kafka.consumption.js';
import { feedPlace, KafkaFeed, type FeedSource } from './kafka.feed.js';
import { KafkaScanSource } from './kafka-scan.js';
import {
  APPEND_TIMEOUT_MS_DEFAULT,
  PENDING_BYTES_MAX_DEFAULT,
  SESSION_TIMEOUT_MS_DEFAULT,
  type KafkaLogOptions,
} from './kafka-options.js';
import { Leaders } from './leaders.js';
import { RequestSender } from './request-sender.js';

const BATCH_BYTES_TARGET = 1024 * 1024;

/** Opens a log on Kafka. Connects when it is first used, so that a process can start while the brokers are away. */
export async function openKafkaLog(options: KafkaLogOptions): Promise<Log> {
  return new KafkaLog(options);
}

class KafkaLog implements Log {
  private readonly kafka: Kafka;
  private readonly admin: KafkaAdmin;
  private readonly leaders: Leaders;
  private readonly reader: DirectReader;
  private readonly sender: RequestSender;
  private readonly queue: AppendQueue;
  private readonly prepared = new PreparedTopics();
  private readonly consumptions = new Set<KafkaConsumption>();
  private readonly scans = new Set<KafkaScanSource>();
  private readonly feeds = new Set<Feed>();
  private readonly closed = new AbortController();
  private closing: Promise<void> | undefined;

  constructor(private readonly options: KafkaLogOptions) {
    const appendTimeoutMs = options.appendTimeoutMs ?? APPEND_TIMEOUT_MS_DEFAULT;
    this.kafka = createKafkaClient(options);
    this.admin = new KafkaAdmin(this.kafka, options);
    this.leaders = new Leaders(this.kafka, options.prefix);
    this.reader = new DirectReader(this.leaders, options.prefix);
    this.sender = new RequestSender({
      kafka: this.kafka,
      prefix: options.prefix,
      appendTimeoutMs,
      logger: options.logger,
    });
    this.queue = new AppendQueue({
      send: (batches, settle) => this.sender.send(batches, settle),
      appendTimeoutMs,
      pendingBytesMax: options.pendingBytesMax ?? PENDING_BYTES_MAX_DEFAULT,
      batchBytesTarget: Math.min(BATCH_BYTES_TARGET, options.messageBytesMax),
    });
  }

  async prepare({ topics, partitions }: PrepareOptions): Promise<void> {
    this.requireOpen();
    requireCounts(topics, partitions);
    await this.admin.prepare(topics, partitions);
    for (const topic of topics) this.prepared.set(topic, partitionCountOf(partitions, topic));
  }

  async append(topic: Topic, messages: readonly (EncodedChange | RawMessage)[]): Promise<Position[]> {
    const partitions = this.prepared.count(topic);
    const records = encodeRecords(topic, messages, this.options.messageBytesMax);
    if (records.length === 0) return [];
    return this.queue.append(
      topic,
      records.map((record, index) => ({ record, partition: partitionOfKey(messages[index]?.key ?? null, partitions) })),
    );
  }

  partitionOf(topic: Topic, key: string | Buffer | null): number {
    return partitionOfKey(key, this.prepared.count(topic));
  }

  async ends(topic: Topic): Promise<Offset[]> {
    this.requireOpen();
    this.prepared.count(topic);
    return this.reader.ends(topic);
  }

  async starts(topic: Topic): Promise<Offset[]> {
    this.requireOpen();
    this.prepared.count(topic);
    return this.reader.starts(topic);
  }

  async read(position: Position): Promise<StoredMessage | undefined> {
    this.requireOpen();
    this.prepared.count(position.topic);
    return this.reader.read(position, position.offset);
  }

  async *scan(scan: ScanOptions): AsyncGenerator<Batch> {
    this.requireOpen();
    this.prepared.count(scan.topic);
    const { prefix } = this.options;
    const source = new KafkaScanSource({
      kafka: this.kafka,
      prefix,
      place: { topic: scan.topic, partition: scan.partition },
      bounds: () => this.reader.bounds(scan),
    });
    this.scans.add(source);
    try {
      yield* scanPieces(scan, source, this.closed.signal);
    } finally {
      this.scans.delete(source);
    }
  }

  async consume(consume: ConsumeOptions): Promise<Consumption> {
    this.requireOpen();
    for (const topic of consume.topics) this.prepared.count(topic);
    const { prefix, logger } = this.options;
    const consumption: KafkaConsumption = new KafkaConsumption({
      kafka: this.kafka,
      prefix,
      group: consume.group ?? `private-${randomUUID()}`,
      sessionTimeoutMs: this.options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS_DEFAULT,
      consume,
      logger,
      viewOf: (partition) => this.viewOf(partition),
      places: new GroupPlaces(this.admin, { prefix, group: consume.group }),
      released: () => this.consumptions.delete(consumption),
    });
    this.consumptions.add(consumption);
    await consumption.start();
    return consumption;
  }

  async openFeed(commandsPartition: number): Promise<Feed> {
    this.requireOpen();
    const feed: Feed = await KafkaFeed.open({
      ...this.feedSource(commandsPartition),
      kafka: this.kafka,
      changesPartitions: this.prepared.count('changes'),
      closed: () => this.feeds.delete(feed),
    });
    this.feeds.add(feed);
    return feed;
  }

  async feedPlace(commandsPartition: number): Promise<FeedPlace> {
    this.requireOpen();
    return feedPlace(this.feedSource(commandsPartition));
  }

  async ping(): Promise<void> {
    this.requireOpen();
    await this.admin.ping(this.prepared.names());
  }

  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    this.closed.abort();
    // Also of those that nobody will take another batch from.
    await Promise.all([...this.scans].map((scan) => scan.release()));
    await Promise.all([...this.consumptions].map((consumption) => consumption.stop()));
    await Promise.all([...this.feeds].map((feed) => feed.close()));
    await this.queue.close();
    await Promise.all([this.sender.close(), this.leaders.close(), this.admin.close()]);
  }

  private feedSource(commandsPartition: number): FeedSource {
    return { admin: this.admin, prefix: this.options.prefix, commandsPartition };
  }

  private viewOf(place: TopicPartition): PartitionView {
    return { bounds: () => this.reader.bounds(place), read: (at) => this.reader.read(place, at) };
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw new LogUnavailableError('the log is closed');
  }
}
