import {
  LOG_TOPICS,
  messageSha256,
  type LogCreated,
  type Offset,
  type Topic,
  type TopicPartition,
} from '@logbook/contracts';
import { LogMismatchError, type Batch, type Log } from '@logbook/core';
import { notInLog, partitionName } from '../delivery/start-position.js';
import { everyPartition, type CopyPlaces } from './copy-places.js';
import { readGenesis } from './genesis.js';

/** Messages of one partition of the source, in order. */
export type CopyBatch = Omit<Batch, 'end'>;

/** What a log is copied from: another log, or an archive of one. */
export interface CopySource {
  readonly genesis: LogCreated;
  /** Whether `read` may give more when it is called again. */
  readonly grows: boolean;
  /**
   * What lies at or past `places`, up to the ends as of the call. Batches of one partition begin at its place and chain.
   * A log begins with the partition `first`, an archive keeps its own order.
   * Rejects with `ConsumptionHaltedError` when the source does not hold a place, or another message before it.
   */
  read(places: CopyPlaces, first: TopicPartition | null): AsyncIterable<CopyBatch>;
  /** How many messages `read` would give, or somewhat more where the log has holes; `null` where nobody can tell. */
  remaining(places: CopyPlaces): Promise<number | null>;
}

const BATCH_MESSAGES_MAX = 4_000;

/** A whole log as a source. Prepares it; reads beside whoever else works on it. */
export async function openLogSource(log: Log): Promise<CopySource> {
  const genesis = await readGenesis(log);
  if (genesis === undefined) {
    throw new LogMismatchError('there is no log to read: the source is empty, or its first message says otherwise');
  }
  await log.prepare({ topics: LOG_TOPICS.filter((topic) => topic !== 'control'), partitions: genesis.partitions });
  return new LogSource(log, genesis);
}

class LogSource implements CopySource {
  readonly grows = true;

  constructor(
    private readonly log: Log,
    readonly genesis: LogCreated,
  ) {}

  async *read(places: CopyPlaces, first: TopicPartition | null): AsyncGenerator<CopyBatch> {
    const isFirst = (each: TopicPartition): boolean =>
      each.topic === first?.topic && each.partition === first.partition;
    const all = everyPartition(places);
    const ends = await this.ends();
    for (const { topic, partition, place } of [...all.filter(isFirst), ...all.filter((each) => !isFirst(each))]) {
      const { next, last } = place;
      if (last !== null) await this.requireMessage({ topic, partition }, last);
      const to = ends.get(topic)?.[partition] ?? next;
      yield* this.log.scan({ topic, partition, from: next, to, batchMessagesMax: BATCH_MESSAGES_MAX });
    }
  }

  async remaining(places: CopyPlaces): Promise<number> {
    const ends = await this.ends();
    return everyPartition(places).reduce(
      (sum, { topic, partition, place }) => sum + Math.max(0, (ends.get(topic)?.[partition] ?? 0) - place.next),
      0,
    );
  }

  private async ends(): Promise<ReadonlyMap<Topic, Offset[]>> {
    return new Map<Topic, Offset[]>(
      await Promise.all(LOG_TOPICS.map(async (topic) => [topic, await this.log.ends(topic)] as const)),
    );
  }

  private async requireMessage(
    partition: TopicPartition,
    last: NonNullable<CopyPlaces['events'][number]['last']>,
  ): Promise<void> {
    const message = await this.log.read({ ...partition, offset: last.offset });
    if (message !== undefined && messageSha256(message).toString('hex') === last.sha256) return;
    throw notInLog(
      `the source holds another message at ${partitionName(partition)} offset ${last.offset} than was copied`,
    );
  }
}
