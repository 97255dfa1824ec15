import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from 'kafkajs';
import { topicName, type Offset, type Topic } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { gatheringWaitMs } from '../delivery/gathering.js';
import type { Piece } from '../delivery/scan-pieces.js';
import type { DriverLogger } from '../driver-logger.js';
import type { Leaders } from './leaders.js';
import type { FetchedPartition } from './fetch-request.js';
import { fetchFrom, isOutOfRange, pieceOf, requireFetched } from './partition-fetch.js';

/**
 * As compressed. What a fetch brings is decoded in one go, while nothing else of this process runs: a few thousand
 * messages, tens of milliseconds.
 */
const FETCH_BYTES_MAX = 512 * 1024;
const FETCH_PARTITION_BYTES_MAX = 256 * 1024;
/** As compressed: a fetch that brings less is of somebody who keeps up, and may gather more the next time. */
const GATHERED_BYTES_ENOUGH = 64 * 1024;
/** How long a fetch waits for a message; also how long a partition may wait that was not in the fetch under way. */
const FETCH_WAIT_MS = 250;
const AGAIN_MS = 1_000;
const NO_LEADER = '-1';

/** What comes next; or the log does not hold the offset; or what comes next cannot be read. */
export type Answer = Piece | 'NOT_HELD' | LogMismatchError;

/** One partition's wish for what comes next; it is answered once. */
export interface Want {
  readonly partition: number;
  readonly at: Offset;
  /** Whether it may be asked for now: who holds much already waits. */
  readonly hungry: () => boolean;
  readonly answer: (answer: Answer) => void;
}

export interface PartitionFetchesOptions {
  readonly leaders: Leaders;
  readonly prefix: string;
  readonly topic: Topic;
  /** About how long from one request to the next, where the first brought little; 0: at once. */
  readonly gatherMs: number;
  readonly logger: DriverLogger | undefined;
}

/**
 * Fetches partitions of one topic from their leaders, for as long as somebody wants more of them: to each leader one
 * request at a time, for all that it leads and that is wanted. A leader answers a record batch over the limits only for the
 * first partition that has anything, so the partitions of a request are shuffled: none is left behind. Messages that come a few
 * at a time are gathered: however few, handling them costs a transaction.
 * A leader that is away or has moved is asked again until it answers.
 */
export class PartitionFetches {
  private readonly wanted = new Map<number, Want>();
  /** The leaders that are being asked. */
  private readonly asked = new Set<string>();
  private unsettled = false;
  private spreading = false;
  private closed = false;

  constructor(private readonly options: PartitionFetchesOptions) {}

  want(want: Want): void {
    this.wanted.set(want.partition, want);
    this.look();
  }

  forget(want: Want): void {
    if (this.wanted.get(want.partition) === want) this.wanted.delete(want.partition);
  }

  /** Somebody may be hungry again. */
  look(): void {
    this.unsettled = true;
    if (!this.spreading) void this.spread();
  }

  /** Asks no more; what is under way is ignored. */
  close(): void {
    this.closed = true;
    this.wanted.clear();
  }

  private async spread(): Promise<void> {
    this.spreading = true;
    // Who wants something in the same turn of the event loop is asked for together.
    await Promise.resolve();
    while (this.unsettled && !this.closed) {
      this.unsettled = false;
      await this.askWhoIsFree();
    }
    this.spreading = false;
  }

  private async askWhoIsFree(): Promise<void> {
    if (this.hungry().length === 0) return;
    try {
      const leaders = await this.options.leaders.ask(
        this.question(),
        async (cluster, name) => new Set(this.hungry().map(({ partition }) => leaderOf(cluster, name, partition))),
      );
      for (const leader of leaders) if (!this.asked.has(leader)) void this.askLeader(leader);
    } catch (error) {
      await this.away(error);
    }
  }

  private async askLeader(leader: string): Promise<void> {
    this.asked.add(leader);
    const beganMs = performance.now();
    try {
      const bytes = await this.options.leaders.ask(this.question(), (cluster, name) =>
        this.fetch(cluster, name, leader),
      );
      const waitMs = gatheringWaitMs(this.options.gatherMs, beganMs, performance.now());
      if (bytes < GATHERED_BYTES_ENOUGH && waitMs > 0 && !this.closed) await pause(waitMs);
    } catch (error) {
      await this.away(error);
    } finally {
      this.asked.delete(leader);
      this.look();
    }
  }

  /**
   * What the leader leads may have changed since it was chosen: it is looked up anew, also when it is asked again. Resolves
   * with the bytes that it brought.
   */
  private async fetch(cluster: Cluster, name: string, leader: string): Promise<number> {
    const wants = this.hungry().filter(({ partition }) => leaderOf(cluster, name, partition) === leader);
    const [first] = wants;
    if (first === undefined) return 0;
    if (leader === NO_LEADER) throw new Error(`${name}[${first.partition}] has no leader`);
    const fetched = await fetchFrom(cluster, leader, {
      name,
      partitions: shuffled(wants),
      bytesMax: FETCH_BYTES_MAX,
      partitionBytesMax: FETCH_PARTITION_BYTES_MAX,
      waitMs: FETCH_WAIT_MS,
    });
    let failure: Error | undefined;
    for (const each of fetched) {
      const want = wants.find(({ partition }) => partition === each.partition);
      const answer = want === undefined ? undefined : await this.answerOf(name, want, each);
      if (answer instanceof Error && !(answer instanceof LogMismatchError)) failure = answer;
      else if (want !== undefined && answer !== undefined) this.answer(want, answer);
    }
    // The others were answered; who led this one is looked up again.
    if (failure !== undefined) throw failure;
    return fetched.reduce((sum, { records }) => sum + records.length, 0);
  }

  private async answerOf(name: string, want: Want, fetched: FetchedPartition): Promise<Answer | Error | undefined> {
    try {
      requireFetched(name, fetched);
      return await pieceOf({ topic: this.options.topic, partition: want.partition }, want.at, fetched);
    } catch (error) {
      if (isOutOfRange(error)) return 'NOT_HELD';
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private answer(want: Want, answer: Answer): void {
    if (this.wanted.get(want.partition) !== want) return;
    this.wanted.delete(want.partition);
    want.answer(answer);
  }

  private hungry(): Want[] {
    return [...this.wanted.values()].filter((want) => want.hungry());
  }

  private question() {
    const { prefix, topic } = this.options;
    return { topic, what: `reading ${topicName(prefix, topic)}` };
  }

  private async away(error: unknown): Promise<void> {
    if (this.closed) return;
    this.unsettled = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.options.logger?.('warn', `${this.question().what}: the brokers do not answer; trying again`, {
      error: reason,
    });
    await pause(AGAIN_MS);
  }
}

function leaderOf(cluster: Cluster, name: string, partition: number): string {
  const [leader = NO_LEADER] = Object.keys(cluster.findLeaderForPartitions(name, [partition]));
  return leader;
}

/** Fisher and Yates. */
function shuffled<T>(values: readonly T[]): T[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
