import { setMaxListeners } from 'node:events';
import { offset, type Offset, type StoredMessage } from '@logbook/contracts';
import { LogUnavailableError, type Batch, type ScanOptions } from '@logbook/core';
import { BATCH_MESSAGES_MAX_DEFAULT, splitBatch } from './split-batch.js';
import { notInLog, partitionName, type Bounds } from './start-position.js';

/** What one fetch brought: messages from an offset on, and where the next fetch begins, past the holes fetched with them. */
export interface Piece {
  readonly next: Offset;
  readonly messages: readonly StoredMessage[];
  readonly end: Offset;
}

/** What a driver lets a scan read from. */
export interface ScanSource {
  bounds(): Promise<Bounds>;
  /** Messages at or past `at`, in order. `next` lies past `at`. `NOT_HELD`: the log does not hold that offset. */
  fetch(at: Offset): Promise<Piece | 'NOT_HELD'>;
  /** Releases what the scan alone used; a fetch under way may fail. */
  release(): Promise<void>;
}

/** `Log.scan` over one source, which it releases however the iteration ends. `closed` aborts when the log is closed. */
export async function* scanPieces(
  options: ScanOptions,
  source: ScanSource,
  closed: AbortSignal,
): AsyncGenerator<Batch> {
  const { topic, partition, from, to } = options;
  const interruption = new Interruption(options.signal, closed);
  try {
    if ((await interruption.or(requireHeld(options, source))) === 'ABORTED') return;
    let at = from;
    /** Where the next batch begins: holes fetched without any message belong to the batch behind them. */
    let begin = from;
    let fetching = at < to ? source.fetch(at) : undefined;
    while (fetching !== undefined) {
      const piece = await interruption.or(fetching);
      if (piece === 'ABORTED') return;
      if (piece === 'NOT_HELD') throw notInLog(`a scan of ${partitionName(options)} found nothing at offset ${at}`);
      at = offset(Math.min(piece.next, to));
      fetching = at < to ? source.fetch(at) : undefined;
      // Until its turn comes a failure must not count as unhandled.
      fetching?.catch(() => undefined);
      const messages = piece.messages.filter((message) => message.offset < to);
      const fetched = { topic, partition, from: begin, next: at, messages, end: piece.end };
      for (const batch of splitBatch(fetched, options.batchMessagesMax ?? BATCH_MESSAGES_MAX_DEFAULT)) {
        if (interruption.now() === 'ABORTED') return;
        yield batch;
        begin = batch.next;
      }
    }
  } finally {
    interruption.forget();
    await source.release();
  }
}

async function requireHeld({ from, to, ...place }: ScanOptions, source: ScanSource): Promise<void> {
  if (from > to) throw new RangeError(`a scan of ${partitionName(place)} cannot go from ${from} back to ${to}`);
  const { start, end } = await source.bounds();
  if (from < start || to > end) {
    throw notInLog(`a scan of ${partitionName(place)} asks for ${from} to ${to}, but the log holds ${start} to ${end}`);
  }
}

const nothing = (): void => undefined;

/** What may end a scan while it waits for the log. */
class Interruption {
  /** Ends the wait under way. */
  private end = nothing;
  private readonly aborted = (): void => this.end();

  constructor(
    private readonly signal: AbortSignal | undefined,
    private readonly closed: AbortSignal,
  ) {
    // As many scans of a log as there are listen to its end.
    setMaxListeners(0, closed);
    for (const each of [signal, closed]) each?.addEventListener('abort', this.aborted);
  }

  /**
   * Settles like `work`, unless it is interrupted first; what the work does later is ignored. A promise of its own each
   * time: a race with one that lives as long as the scan would keep every piece until the scan ends.
   */
  async or<T>(work: Promise<T>): Promise<T | 'ABORTED'> {
    const done = await new Promise<{ readonly value: T } | undefined>((resolve, reject) => {
      this.end = () => resolve(undefined);
      if (this.isInterrupted()) this.end();
      work.then((value) => resolve({ value }), reject);
    }).finally(() => (this.end = nothing));
    const interrupted = this.now();
    if (interrupted !== undefined || done === undefined) return 'ABORTED';
    return done.value;
  }

  now(): 'ABORTED' | undefined {
    if (this.signal?.aborted === true) return 'ABORTED';
    if (this.closed.aborted) throw new LogUnavailableError('the log is closed');
    return undefined;
  }

  forget(): void {
    for (const each of [this.signal, this.closed]) each?.removeEventListener('abort', this.aborted);
  }

  private isInterrupted(): boolean {
    return this.signal?.aborted === true || this.closed.aborted;
  }
}
