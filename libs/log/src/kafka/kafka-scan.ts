import type { Kafka } from 'kafkajs';
import { topicName, type Offset, type TopicPartition } from '@logbook/contracts';
import { LogUnavailableError } from '@logbook/core';
import { withDeadline } from '../deadline.js';
import type { Piece, ScanSource } from '../delivery/scan-pieces.js';
import type { Bounds } from '../delivery/start-position.js';
import { LOOKUP_TIMEOUT_MS } from './kafka-options.js';
import { Leaders } from './leaders.js';
import type { FetchedPartition } from './fetch-request.js';
import { fetchFromLeader, isOutOfRange, pieceOf } from './partition-fetch.js';

/** As compressed; what it inflates to is a few times that, 16 times at the most. */
const PIECE_BYTES_MAX = 512 * 1024;

export interface KafkaScanOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  readonly place: TopicPartition;
  readonly bounds: () => Promise<Bounds>;
}

/**
 * Fetches one partition from its leader over connections of its own: kafkajs must not be asked to send while it
 * connects, and scans that took turns on one connection would wait for each other's pieces.
 */
export class KafkaScanSource implements ScanSource {
  private readonly leaders: Leaders;

  constructor(private readonly options: KafkaScanOptions) {
    this.leaders = new Leaders(options.kafka, options.prefix);
  }

  bounds(): Promise<Bounds> {
    return this.options.bounds();
  }

  /** A leader that answers with nothing, though the offset lies below the end, waits for a transaction to end. */
  async fetch(at: Offset): Promise<Piece | 'NOT_HELD'> {
    const { place } = this.options;
    const deadline = Date.now() + LOOKUP_TIMEOUT_MS;
    while (Date.now() < deadline) {
      const fetched = await this.fetchOnce(at);
      if (fetched === 'NOT_HELD') return 'NOT_HELD';
      const piece = await pieceOf(place, at, fetched);
      if (piece !== undefined) return piece;
    }
    throw new LogUnavailableError(
      `${this.name()} gave nothing from offset ${at} for ${LOOKUP_TIMEOUT_MS} ms, though it goes on there: ` +
        'a transaction of a foreign producer is open',
    );
  }

  release(): Promise<void> {
    return this.leaders.close();
  }

  private async fetchOnce(at: Offset): Promise<FetchedPartition | 'NOT_HELD'> {
    const { topic, partition } = this.options.place;
    const what = `reading ${this.name()} from offset ${at}`;
    try {
      const asking = this.leaders.ask({ topic, what, final: isOutOfRange }, (cluster, name) =>
        fetchFromLeader(cluster, { name, partition, at, bytesMax: PIECE_BYTES_MAX }),
      );
      return await withDeadline(asking, LOOKUP_TIMEOUT_MS, what);
    } catch (error) {
      if (isOutOfRange(error)) return 'NOT_HELD';
      throw error;
    }
  }

  private name(): string {
    const { prefix, place } = this.options;
    return `${topicName(prefix, place.topic)}[${place.partition}]`;
  }
}
