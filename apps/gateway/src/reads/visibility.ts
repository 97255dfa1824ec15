import { type Offset, offset } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import type { Awaited as AwaitedMessage, Read, WatchOutcome } from '@logbook/store';
import { unavailable, type Unavailable } from '../unavailable.js';

/** What reads wait on: the checkpoint of the generation that answers them. */
export interface CheckpointWaiter {
  reached(message: AwaitedMessage, options: { readonly timeoutMs: number }): Promise<WatchOutcome>;
}

export interface VisibilityOptions {
  readonly log: Pick<Log, 'ends' | 'partitionOf'>;
  readonly checkpoints: CheckpointWaiter;
  /** How long a request may wait in all. */
  readonly waitMs: number;
}

/** The rows of one key that a reading found; `undefined` where the projections hold none. */
type Found<T> = { readonly outcome: 'FOUND'; readonly value: T } | { readonly outcome: 'ABSENT' } | Unavailable;

const NOT_READY = 'the projections are being rebuilt';
const BEHIND = 'the projections have not caught up in time';

/**
 * When a row may be shown, and when its absence may be stated. A row is shown as soon as it is read; "not found" is a
 * statement about the log, so it is made only after the projection has passed the end, as of the request, of the
 * partition that would hold the name.
 */
export class Visibility {
  private endsUnderWay: Promise<Offset[]> | undefined;

  constructor(private readonly options: VisibilityOptions) {}

  /** Resolves once reads show the effects of the message at a position. */
  async of(message: AwaitedMessage): Promise<'VISIBLE' | Unavailable> {
    const reached = await this.options.checkpoints.reached(message, { timeoutMs: this.options.waitMs });
    switch (reached) {
      case 'REACHED':
        return 'VISIBLE';
      case 'TIMED_OUT':
        return unavailable(BEHIND);
      case 'NOT_READY':
        return unavailable(NOT_READY);
    }
  }

  /** Reads with `read`; where it finds nothing, waits for the end of the key's partition and reads again. */
  async find<T>(key: string, read: () => Promise<Read<T | null>>): Promise<Found<T>> {
    const first = await this.readOnce(read);
    if (first.outcome !== 'ABSENT') return first;
    const caughtUp = await this.throughEndOf(key);
    return caughtUp === 'VISIBLE' ? this.readOnce(read) : caughtUp;
  }

  private async readOnce<T>(read: () => Promise<Read<T | null>>): Promise<Found<T>> {
    const reading = await read();
    if (reading.state === 'NOT_READY') return unavailable(NOT_READY);
    return reading.value === null ? { outcome: 'ABSENT' } : { outcome: 'FOUND', value: reading.value };
  }

  private async throughEndOf(key: string): Promise<'VISIBLE' | Unavailable> {
    const partition = this.options.log.partitionOf('commands', key);
    const end = (await this.ends())[partition];
    if (end === undefined || end === 0) return 'VISIBLE';
    return this.of({ topic: 'commands', partition, offset: offset(end - 1) });
  }

  /**
   * Many look-ups share one question to the log. One that arrives while an answer is under way must not take it, since
   * it may have been asked before the caller's own write; it waits for the next.
   */
  private async ends(): Promise<Offset[]> {
    if (this.endsUnderWay !== undefined) await this.endsUnderWay.catch(() => undefined);
    this.endsUnderWay ??= this.options.log.ends('commands').finally(() => {
      this.endsUnderWay = undefined;
    });
    return this.endsUnderWay;
  }
}
