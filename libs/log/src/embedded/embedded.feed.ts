import { offset, partitionOfKey, type EncodedChange } from '@logbook/contracts';
import type { Feed, FeedPlace } from '@logbook/core';
import type { Environment, FeedRecord } from './environment.js';
import { unavailable } from './unavailable.js';

export interface EmbeddedFeedOptions {
  readonly environment: Environment;
  readonly commandsPartition: number;
  readonly changesPartitions: number;
  /** Called once messages were appended. */
  readonly grown: () => void;
}

/** The feed on LMDB: its transactions hold messages, place and the check of who owns the feed. */
export class EmbeddedFeed implements Feed {
  private constructor(
    private readonly options: EmbeddedFeedOptions,
    private record: FeedRecord,
  ) {}

  static async open(options: EmbeddedFeedOptions): Promise<EmbeddedFeed> {
    return new EmbeddedFeed(
      options,
      await options.environment.takeFeedOver(options.commandsPartition).catch(unavailable),
    );
  }

  get place(): FeedPlace {
    return placeOf(this.record);
  }

  async publish(messages: readonly EncodedChange[], place: FeedPlace): Promise<'PUBLISHED' | 'TAKEN_OVER'> {
    const { environment, commandsPartition: partition, changesPartitions, grown } = this.options;
    environment.requireRoom(messages.reduce((bytes, { value }) => bytes + (value?.length ?? 0), 0));
    const placed = messages.map((message) => ({ message, partition: partitionOfKey(message.key, changesPartitions) }));
    const record = { ...place, owner: this.record.owner };
    const outcome = await environment.publish(placed, { partition, record }).catch(unavailable);
    if (outcome === 'TAKEN_OVER') return outcome;
    this.record = record;
    grown();
    return outcome;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const placeOf = ({ next, asOf }: FeedRecord): FeedPlace => ({ next: offset(next), asOf: offset(asOf) });
