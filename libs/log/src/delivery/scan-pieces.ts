import { setMaxListeners } from 'node:events';
import { offset, type Offset, type StoredMessage } from '@logbook/contracts';
import { LogUnavailableError, type Batch, type ScanOptions } from '@logbook/core';
import { orAborted } from '../or-aborted.js';
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
  // As many scans of a log as there are listen to its end.
  setMaxListeners(0, closed);
  const { signal } = options;
  const signals = signal === undefined ? [closed] : [signal, closed];
  const isOver = (): boolean => {
    if (signal?.aborted === true) return true;
    if (closed.aborted) throw new LogUnavailableError('the log is closed');
    return false;
  };
  try {
    await orAborted(requireHeld(options, source), ...signals);
    if (isOver()) return;
    let at = from;
    /** Where the next batch begins: holes fetched without any message belong to the batch behind them. */
    let begin = from;
    let fetching = at < to ? source.fetch(at) : undefined;
    while (fetching !== undefined) {
      const piece = await orAborted(fetching, ...signals);
      if (isOver() || piece === 'ABORTED') return;
      if (piece === 'NOT_HELD') throw notInLog(`a scan of ${partitionName(options)} found nothing at offset ${at}`);
      at = offset(Math.min(piece.next, to));
      fetching = at < to ? source.fetch(at) : undefined;
      // Until its turn comes a failure must not count as unhandled.
      fetching?.catch(() => undefined);
      const messages = piece.messages.filter((message) => message.offset < to);
      const fetched = { topic, partition, from: begin, next: at, messages, end: piece.end };
      for (const batch of splitBatch(fetched, options.batchMessagesMax ?? BATCH_MESSAGES_MAX_DEFAULT)) {
        if (isOver()) return;
        yield batch;
        begin = batch.next;
      }
    }
  } finally {
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
