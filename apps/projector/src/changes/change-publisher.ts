import { setTimeout as delay } from 'node:timers/promises';
import type { LogId, Offset } from '@logbook/contracts';
import { halves, type Batch, type Feed, type FeedPlace, type Log } from '@logbook/core';
import type { Logger, Metrics } from '@logbook/observability';
import { idsOf, namedEntities } from '@logbook/projections';
import { readEntities, type Generation, type Store } from '@logbook/store';
import { changesOf } from './changes-of.js';

export interface ChangePublisherOptions {
  readonly log: Pick<Log, 'scan' | 'openFeed' | 'feedPlace'>;
  readonly logId: LogId;
  readonly store: Store;
  readonly generation: Generation;
  /** Of `commands`. */
  readonly partition: number;
  readonly source: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** How long what happens elsewhere (a swap, `changes republish`) may go unnoticed; default 2,000. */
  readonly pollMs?: number;
  /** How much of rows is held at once; default 16 MiB. */
  readonly bytesMax?: number;
}

const POLL_MS_DEFAULT = 2_000;
/** What changes meanwhile goes into one transaction. */
const PACE_MS = 200;
/** For this long one that was taken over lets the other publish, and a log or a store that is away is left alone. */
const LET_OTHERS_MS = 2_000;
/** Kafka forgets a place that is not committed again: after a week, as it comes. */
const COMMIT_AGAIN_MS = 60 * 60_000;
/** Of one transaction: commands, each of which names two entities at the most, and bytes of their rows, or one command. */
const COMMANDS_MAX = 100;
const BYTES_MAX_DEFAULT = 16 * 1024 * 1024;
const NOBODY = { agentIds: [], agentVersionIds: [], personKeys: [] };

/** Why a publisher has nothing to do for now. */
type Rest = 'CAUGHT_UP' | 'NOT_FOR_READERS' | 'BEHIND_FEED' | 'TAKEN_OVER' | 'STOPPED';

/**
 * Publishes to `changes` what the commands of one partition changed, after the projector has committed it: the checkpoint of
 * the generation that readers are pointed to is the outbox, the commands between the place of the feed and that checkpoint
 * name the entities, and their rows are read in one snapshot with the checkpoint. See docs/decisions/0019.
 *
 * Idle (the generation is not the readers', or not ready; holds nothing) -> catching up, a transaction a piece -> caught up
 * (looks again when woken, and at intervals). Taken over, or the log or the store away: lets go of the feed and begins anew.
 */
export class ChangePublisher {
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private feed: Feed | undefined;
  private committedAtMs = 0;
  private wakeUp: () => void = () => undefined;
  private isWoken = false;

  constructor(private readonly options: ChangePublisherOptions) {
    this.ended = this.run();
  }

  /** The checkpoint has moved. */
  wake(): void {
    this.isWoken = true;
    this.wakeUp();
  }

  /** Lets the transaction under way end. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wakeUp();
    await this.ended;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      this.isWoken = false;
      const rest = await this.publishAll().catch((error: unknown): Rest | 'AWAY' => {
        this.options.logger.warn({ err: error, ...this.where() }, 'changes could not be published; trying again');
        return 'AWAY';
      });
      if (rest !== 'CAUGHT_UP') await this.letGo();
      if (rest === 'TAKEN_OVER' || rest === 'AWAY') await this.pause(LET_OTHERS_MS);
      else {
        await this.pause(PACE_MS);
        await this.woken();
      }
    }
    await this.letGo();
  }

  /** Publishes up to the checkpoint. Rejects while the log or the store is away. */
  private async publishAll(): Promise<Rest> {
    const { log, store, generation, partition, metrics } = this.options;
    const read = await readEntities(store, generation, { partition, ids: NOBODY, bytesMax: 0 });
    if (read.outcome !== 'READ') return 'NOT_FOR_READERS';
    const place = await log.feedPlace(partition);
    // It was taken over, and perhaps set back.
    if (this.feed !== undefined && !isSame(this.feed.place, place)) await this.letGo();
    metrics.set('logbook_changes_lag_messages', { partition: String(partition) }, Math.max(0, read.asOf - place.next));
    if (place.next >= read.asOf) return this.keepPlace();
    const feed = (this.feed ??= await log.openFeed(partition));
    return this.publishUpTo(feed, read.asOf);
  }

  private async publishUpTo(feed: Feed, to: Offset): Promise<Rest> {
    const { log, partition } = this.options;
    const { signal } = this.stopping;
    // Opened since, it may be past what it was.
    if (feed.place.next >= to) return 'CAUGHT_UP';
    const { next: from } = feed.place;
    for await (const batch of log.scan({
      topic: 'commands',
      partition,
      from,
      to,
      batchMessagesMax: COMMANDS_MAX,
      signal,
    })) {
      const outcome = await this.publishPiece(feed, batch);
      if (outcome !== 'PUBLISHED') return outcome;
    }
    return signal.aborted ? 'STOPPED' : 'CAUGHT_UP';
  }

  private async publishPiece(feed: Feed, piece: Batch): Promise<'PUBLISHED' | Rest> {
    const { store, generation, partition, metrics, logger, logId, source, bytesMax = BYTES_MAX_DEFAULT } = this.options;
    const named = namedEntities(piece.messages);
    const ids = idsOf(named.map(({ entity }) => entity));
    // The two rows that one command may name are read whatever they take.
    const limit = piece.messages.length === 1 ? Number.POSITIVE_INFINITY : bytesMax;
    const read = await readEntities(store, generation, { partition, ids, bytesMax: limit });
    if (read.outcome === 'TOO_LARGE') return this.publishHalves(feed, piece);
    if (read.outcome !== 'READ') return read.outcome;
    const { asOf, rows } = read;
    // Older rows than those that were published: the tables are being brought back.
    if (asOf < Math.max(feed.place.asOf, piece.next)) return 'BEHIND_FEED';
    const messages = changesOf({ named, rows, asOf, logId, foldVersion: generation.foldVersion, source });
    const outcome = await feed.publish(messages, { next: piece.next, asOf });
    if (outcome === 'TAKEN_OVER') {
      logger.warn(this.where(), 'another projector took the feed of changes over; nothing was published');
      return outcome;
    }
    this.committedAtMs = Date.now();
    metrics.count('logbook_changes_published_total', {}, messages.length);
    metrics.set('logbook_changes_lag_messages', { partition: String(partition) }, Math.max(0, asOf - piece.next));
    return outcome;
  }

  private async publishHalves(feed: Feed, piece: Batch): Promise<'PUBLISHED' | Rest> {
    for (const half of halves(piece)) {
      const outcome = await this.publishPiece(feed, half);
      if (outcome !== 'PUBLISHED') return outcome;
    }
    return 'PUBLISHED';
  }

  /** Nothing is to be published, but the log is to remember the place. */
  private async keepPlace(): Promise<Rest> {
    if (Date.now() - this.committedAtMs < COMMIT_AGAIN_MS) return 'CAUGHT_UP';
    const feed = (this.feed ??= await this.options.log.openFeed(this.options.partition));
    const outcome = await feed.publish([], feed.place);
    if (outcome === 'TAKEN_OVER') return outcome;
    this.committedAtMs = Date.now();
    return 'CAUGHT_UP';
  }

  private async letGo(): Promise<void> {
    const { feed } = this;
    this.feed = undefined;
    await feed?.close();
  }

  private async woken(): Promise<void> {
    if (this.isWoken || this.stopping.signal.aborted) return;
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => (this.wakeUp = resolve));
    await Promise.race([woken, delay(this.options.pollMs ?? POLL_MS_DEFAULT, undefined, { signal: timer.signal })]);
    timer.abort();
  }

  private async pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private where() {
    return { generation: this.options.generation.name, partition: this.options.partition };
  }
}

const isSame = (one: FeedPlace, other: FeedPlace): boolean => one.next === other.next && one.asOf === other.asOf;
