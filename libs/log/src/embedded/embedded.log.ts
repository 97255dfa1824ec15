import { mkdir, realpath } from 'node:fs/promises';
import {
  offset,
  partitionCountOf,
  partitionOfKey,
  type EncodedChange,
  type RawMessage,
  type Offset,
  type Position,
  type StoredMessage,
  type Topic,
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
import { withDeadline } from '../deadline.js';
import { scanPieces } from '../delivery/scan-pieces.js';
import type { DriverLogger } from '../driver-logger.js';
import { measureMessages } from '../message-limits.js';
import { PreparedTopics, requireCounts, type PrepareOptions } from '../prepared-topics.js';
import { EmbeddedConsumption } from './embedded.consumption.js';
import { EmbeddedFeed, placeOf } from './embedded.feed.js';
import { embeddedScanSource } from './embedded-scan.js';
import { type Environment, LmdbEnvironment } from './environment.js';
import { Growth } from './growth.js';
import { unavailable } from './unavailable.js';

interface LogOptions {
  /** The most bytes of a message's value. */
  readonly messageBytesMax: number;
  /** How long an append of another process may go unnoticed by a consumer; default 100. */
  readonly pollMs?: number;
  /** Appends waiting for the disk hold at most this many bytes; more are refused. Default 64 MiB. */
  readonly pendingBytesMax?: number;
  readonly logger?: DriverLogger;
}

export interface EmbeddedLogOptions extends LogOptions {
  /** The directory of the LMDB environment; created if it is missing. */
  readonly dir: string;
  /** The address space first reserved; it grows by itself and bounds nothing. */
  readonly mapSizeBytes?: number;
}

const POLL_MS_DEFAULT = 100;
const PENDING_BYTES_MAX_DEFAULT = 64 * 1024 * 1024;
const PING_TIMEOUT_MS = 3_000;

/** Opens the log that lives in a directory. Several processes may; each sees the others' appends. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  await mkdir(options.dir, { recursive: true });
  const dir = await realpath(options.dir);
  return new EmbeddedLog(new LmdbEnvironment({ dir, mapSizeBytes: options.mapSizeBytes }), { ...options, name: dir });
}

/** Groups with a consumer in this process, as `<name of the log>\0<group>`: two would each apply every message. */
const GROUPS_HELD = new Set<string>();

/** A log in one environment, whose `name` tells it from others of this process. */
export class EmbeddedLog implements Log {
  private readonly growth = new Growth();
  private readonly prepared = new PreparedTopics();
  private readonly consumptions = new Set<EmbeddedConsumption>();
  private readonly closed = new AbortController();
  private readonly appending = new Set<Promise<unknown>>();
  private pendingBytes = 0;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly environment: Environment,
    private readonly options: LogOptions & { readonly name: string },
  ) {}

  async prepare({ topics, partitions }: PrepareOptions): Promise<void> {
    this.requireOpen();
    requireCounts(topics, partitions);
    this.environment.requireRoom(0);
    const counts = new Map(topics.map((topic) => [topic, partitionCountOf(partitions, topic)]));
    await this.environment.prepare(counts).catch(unavailable);
    for (const [topic, count] of counts) this.prepared.set(topic, count);
  }

  async append(topic: Topic, messages: readonly (EncodedChange | RawMessage)[]): Promise<Position[]> {
    this.requireOpen();
    const partitions = this.prepared.count(topic);
    const bytes = measureMessages(topic, messages, this.options.messageBytesMax).reduce((sum, each) => sum + each, 0);
    if (messages.length === 0) return [];
    const pendingBytesMax = this.options.pendingBytesMax ?? PENDING_BYTES_MAX_DEFAULT;
    if (this.pendingBytes > 0 && this.pendingBytes + bytes > pendingBytesMax) {
      throw new LogUnavailableError(
        `more than ${pendingBytesMax} bytes wait to be appended; the disk does not keep up`,
      );
    }
    this.environment.requireRoom(this.pendingBytes + bytes);
    this.pendingBytes += bytes;
    const appended = this.environment
      .append(
        topic,
        messages.map((message) => ({ message, partition: partitionOfKey(message.key, partitions) })),
      )
      .catch(unavailable)
      .finally(() => {
        this.pendingBytes -= bytes;
        this.appending.delete(appended);
      });
    this.appending.add(appended);
    const positions = await appended;
    this.growth.announce();
    return positions;
  }

  partitionOf(topic: Topic, key: string | Buffer | null): number {
    return partitionOfKey(key, this.prepared.count(topic));
  }

  async ends(topic: Topic): Promise<Offset[]> {
    this.requireOpen();
    this.environment.refresh();
    return this.prepared.partitionsOf([topic]).map((partition) => this.environment.end(partition));
  }

  /** Nothing is ever deleted, so every partition starts at 0. */
  async starts(topic: Topic): Promise<Offset[]> {
    return this.prepared.partitionsOf([topic]).map(() => offset(0));
  }

  async read(position: Position): Promise<StoredMessage | undefined> {
    this.requireOpen();
    this.prepared.count(position.topic);
    this.environment.refresh();
    return this.environment.read(position);
  }

  async *scan(scan: ScanOptions): AsyncGenerator<Batch> {
    this.requireOpen();
    this.prepared.count(scan.topic);
    yield* scanPieces(scan, embeddedScanSource(this.environment, scan), this.closed.signal);
  }

  async consume(consume: ConsumeOptions): Promise<Consumption> {
    this.requireOpen();
    const partitions = this.prepared.partitionsOf(consume.topics);
    const held = consume.group === undefined ? undefined : `${this.options.name}\0${consume.group}`;
    if (held !== undefined && GROUPS_HELD.has(held)) {
      throw new Error(
        `group ${consume.group} of the embedded log already has a consumer in this process; it takes one`,
      );
    }
    if (held !== undefined) GROUPS_HELD.add(held);
    const consumption: EmbeddedConsumption = new EmbeddedConsumption({
      environment: this.environment,
      growth: this.growth,
      pollMs: this.options.pollMs ?? POLL_MS_DEFAULT,
      logger: this.options.logger,
      partitions,
      consume,
      released: () => {
        this.consumptions.delete(consumption);
        if (held !== undefined) GROUPS_HELD.delete(held);
      },
    });
    this.consumptions.add(consumption);
    return consumption;
  }

  async openFeed(commandsPartition: number): Promise<Feed> {
    this.requireOpen();
    const { environment } = this;
    const changesPartitions = this.prepared.count('changes');
    const grown = () => this.growth.announce();
    return EmbeddedFeed.open({ environment, commandsPartition, changesPartitions, grown });
  }

  async feedPlace(commandsPartition: number): Promise<FeedPlace> {
    this.requireOpen();
    this.environment.refresh();
    return placeOf(this.environment.feed(commandsPartition));
  }

  async ping(): Promise<void> {
    this.requireOpen();
    this.environment.requireRoom(this.options.messageBytesMax);
    await withDeadline(
      this.environment.prepare(new Map()).catch(unavailable),
      PING_TIMEOUT_MS,
      'writing to the embedded log',
    );
  }

  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    this.closed.abort();
    await Promise.all([...this.consumptions].map((consumption) => consumption.stop()));
    await Promise.allSettled(this.appending);
    await this.environment.close();
  }

  private requireOpen(): void {
    if (this.closing !== undefined) throw new LogUnavailableError('the embedded log is closed');
  }
}
