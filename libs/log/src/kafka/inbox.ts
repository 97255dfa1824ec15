import type { Offset, StoredMessage, TopicPartition } from '@logbook/contracts';
import type { Batch, LogMismatchError } from '@logbook/core';
import { BATCH_BYTES_MAX } from '../delivery/split-batch.js';
import type { Answer, PartitionFetches, Want } from './partition-fetches.js';

/** What the inboxes of a consumption hold together before only the empty ones fetch on; as the values are inflated. */
const INBOXES_BYTES_MAX = 4 * BATCH_BYTES_MAX;
/** Of a message beside its value: key, headers, objects. */
const MESSAGE_BYTES = 1_024;

/** How much the inboxes of one consumption hold together. */
export interface InboxesTotal {
  bytes: number;
}

/** What was fetched, and about how many bytes it holds. */
export interface Taken {
  readonly batch: Batch;
  readonly bytes: number;
}

/**
 * What was fetched of one partition ahead of its consumer: while that works on one batch the next is fetched and
 * decoded, and the further it is behind, the larger the next batch.
 */
export class Inbox {
  private messages: StoredMessage[] = [];
  private bytes = 0;
  private end: Offset;
  private want: Want | undefined;
  private ended: 'NOT_HELD' | 'CLOSED' | LogMismatchError | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly place: TopicPartition,
    /** Where the next fetch begins. */
    private at: Offset,
    private readonly fetches: PartitionFetches,
    private readonly total: InboxesTotal,
  ) {
    this.end = at;
    this.fetchOn();
  }

  /**
   * All there is, as one batch that begins at `from`, where the one before ended; waits for a message. `NOT_HELD`: the log
   * does not hold what comes next. `CLOSED`: by `close`. Rejects with `LogMismatchError` at what cannot be read.
   */
  async take(from: Offset): Promise<Taken | 'NOT_HELD' | 'CLOSED'> {
    while (this.messages.length === 0 && this.ended === undefined) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.ended === 'CLOSED') return 'CLOSED';
    if (this.messages.length === 0) {
      if (this.ended instanceof Error) throw this.ended;
      return 'NOT_HELD';
    }
    const { topic, partition } = this.place;
    const batch = { topic, partition, from, next: this.at, messages: this.messages, end: this.end };
    const { bytes } = this;
    this.empty();
    return { batch, bytes };
  }

  close(): void {
    this.ended = 'CLOSED';
    if (this.want !== undefined) this.fetches.forget(this.want);
    this.empty();
    this.wake?.();
  }

  private fetchOn(): void {
    this.want = {
      partition: this.place.partition,
      at: this.at,
      hungry: () => this.bytes === 0 || (this.bytes < BATCH_BYTES_MAX && this.total.bytes < INBOXES_BYTES_MAX),
      answer: (piece) => this.answered(piece),
    };
    this.fetches.want(this.want);
  }

  private answered(piece: Answer): void {
    if (this.ended !== undefined) return;
    if (piece === 'NOT_HELD' || piece instanceof Error) this.ended = piece;
    else {
      this.at = piece.next;
      this.end = piece.end;
      const bytes = piece.messages.reduce((sum, { value }) => sum + (value?.length ?? 0) + MESSAGE_BYTES, 0);
      this.bytes += bytes;
      this.total.bytes += bytes;
      this.messages = this.messages.concat(piece.messages);
      this.fetchOn();
    }
    this.wake?.();
  }

  private empty(): void {
    this.total.bytes -= this.bytes;
    this.bytes = 0;
    this.messages = [];
    this.fetches.look();
  }
}
