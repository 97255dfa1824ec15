import { offset, type LogId, type Offset } from '@logbook/contracts';
import { firstAtOrAfter, inTransaction, ROLLBACK, type Log, type SqlConnection, type SqlPool } from '@logbook/core';
import type { Store } from '@logbook/store';
import type { SqlClient } from '@logbook/subscriber';
import { type Call, dayOf, dayStartMs } from '../counting/call.js';
import { countCalls, type Recount, sqlDay } from '../counting/count-calls.js';
import { tablesExist } from '../counting/tables.js';
import { nextEdition, pointTo, removeOutdated } from './editions.js';
import { foldRange, type Range } from './fold-range.js';
import { behind, livePositions, type Positions } from './live-positions.js';
import { lockReplays } from './replay-lock.js';

export interface ReplayOptions {
  readonly log: Log;
  readonly logId: LogId;
  readonly store: Store;
  /** The day that holds this time, and every later one, is counted anew. */
  readonly from: Date | 'beginning';
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  /** How many messages the replay may be behind the service when it stops it for the swap; default 5,000. */
  readonly levelMessagesMax?: number;
}

export interface Replayed {
  readonly outcome: 'REPLAYED';
  readonly edition: number;
  /** `null`: all days. */
  readonly fromDay: string | null;
  readonly messages: number;
}

/** `NOT_BEGUN`: the service has never counted here. `BUSY`: another replay is at work on this database. */
export type ReplayOutcome = Replayed | { readonly outcome: 'NOT_BEGUN' | 'BUSY' };

/** A fraction of a second's work, during which the service commits nothing. */
const LEVEL_MESSAGES_MAX_DEFAULT = 5_000;
/** The service's commits wait no longer than this for a swap; then it is given up, and tried again once it is level again. */
const SWAP_MS_MAX = 5_000;

/**
 * Counts days anew beside the service, from the log alone, and then lets what was counted take their place.
 *
 * Folding: reads what the service has counted, never further, into an edition that nobody reads. Swapping, once that is nearly
 * level: one transaction locks the service's positions, counts the rest, and points to the edition. Removing: what was replaced goes.
 * Killed or failed in any of these, nothing has changed for readers (or all, once the swap was committed), and the next replay begins
 * anew and removes what is left over.
 */
export async function replayUsage(options: ReplayOptions): Promise<ReplayOutcome> {
  const lock = await lockReplays(options.store);
  if (lock === undefined) return { outcome: 'BUSY' };
  try {
    return await new Replay(options).run();
  } finally {
    await lock.release();
  }
}

class Replay {
  private next = new Map<number, Offset>();
  private readMessages = 0;
  private recount: Recount = { edition: 0, fromDay: null };

  private readonly pool: SqlPool<SqlConnection & SqlClient>;

  constructor(private readonly options: ReplayOptions) {
    this.pool = options.store.pool;
  }

  async run(): Promise<ReplayOutcome> {
    const { store, logId, from, levelMessagesMax = LEVEL_MESSAGES_MAX_DEFAULT } = this.options;
    if (!(await tablesExist(store.pool))) return { outcome: 'NOT_BEGUN' };
    await removeOutdated(store.pool);
    const fromDay = from === 'beginning' ? null : dayOf(from.getTime());
    this.recount = { edition: await nextEdition(store.pool), fromDay };
    for (let isFolded = false; ; isFolded = true) {
      const live = await livePositions(store.pool, { logId });
      if (live.size === 0) return { outcome: 'NOT_BEGUN' };
      await this.begin(live);
      if (isFolded && behind(this.next, live) <= levelMessagesMax && (await this.swap(levelMessagesMax))) break;
      await this.fold(live);
    }
    await removeOutdated(store.pool);
    const day = fromDay === null ? null : sqlDay(fromDay);
    return { outcome: 'REPLAYED', edition: this.recount.edition, fromDay: day, messages: this.readMessages };
  }

  /** Finds where each partition begins that the service came to. Before that offset no message is of a day that is counted anew. */
  private async begin(live: Positions): Promise<void> {
    const { log, signal } = this.options;
    const starts = await log.starts('events');
    for (const [partition, to] of live) {
      if (this.next.has(partition)) continue;
      const start = starts[partition] ?? offset(0);
      const { fromDay } = this.recount;
      const found =
        fromDay === null || start >= to
          ? start
          : await firstAtOrAfter(log, { topic: 'events', partition, from: start, to, signal }, dayStartMs(fromDay));
      signal.throwIfAborted();
      this.next.set(partition, found);
    }
  }

  private async fold(live: Positions): Promise<void> {
    const { log, signal, onProgress } = this.options;
    const total = this.readMessages + behind(this.next, live);
    for (const [partition, to] of live) {
      const range = { partition, from: this.next.get(partition) ?? offset(0), to };
      const came = await foldRange(range, {
        log,
        signal,
        count: (calls) => inTransaction(this.pool, (client) => countCalls(client, calls, this.recount)),
        onRead: (messages) => {
          this.readMessages += messages;
          onProgress?.({ done: this.readMessages, total });
        },
      });
      signal.throwIfAborted();
      this.next.set(partition, came);
    }
  }

  /** Whether it was done. Where it was not, the service has gone on meanwhile, and nothing is changed. */
  private async swap(levelMessagesMax: number): Promise<boolean> {
    const { logId, signal } = this.options;
    const swapped = await inTransaction(this.pool, async (client) => {
      const live = await livePositions(client, { logId, lock: true });
      const rest = behind(this.next, live);
      if (rest > levelMessagesMax || [...live.keys()].some((partition) => !this.next.has(partition))) return ROLLBACK;
      const ending = AbortSignal.any([signal, AbortSignal.timeout(SWAP_MS_MAX)]);
      const rests = await Promise.all([...live].map(([partition, to]) => this.callsUpTo({ partition, to }, ending)));
      for (const calls of rests.flat()) await countCalls(client, calls, this.recount);
      if (ending.aborted) return ROLLBACK;
      await pointTo(client, this.recount);
      this.readMessages += rest;
      return 'SWAPPED';
    });
    signal.throwIfAborted();
    return swapped === 'SWAPPED';
  }

  /** Read at once for all partitions, since the service waits for it; what is kept of a message is small. */
  private async callsUpTo({ partition, to }: Pick<Range, 'partition' | 'to'>, signal: AbortSignal): Promise<Call[][]> {
    const read: Call[][] = [];
    const range = { partition, from: this.next.get(partition) ?? offset(0), to };
    await foldRange(range, { log: this.options.log, signal, count: async (calls) => void read.push(calls) });
    return read;
  }
}
