import { FOLDED_TOPICS, type FoldedTopic, type Offset } from '@logbook/contracts';
import { type Batch, ConsumptionHaltedError, type Log } from '@logbook/core';
import type { BatchWriter, Generation, LogEnds } from '@logbook/store';
import { requireConsumed } from './require-replayable.js';
import { whileAway } from './while-away.js';

export interface ReplayOptions {
  readonly log: Log;
  readonly writer: BatchWriter;
  /** One that nobody else writes. */
  readonly generation: Generation;
  /** Where to stop, exclusive. */
  readonly until: LogEnds;
  readonly signal: AbortSignal;
  /** Called with the number of messages after each batch. */
  readonly onApplied?: (messages: number) => void;
}

/** Bounds memory and connections; more would not be faster, since one database takes all of it. */
const PARTITIONS_AT_ONCE = 4;
const BATCH_MESSAGES_MAX = 2_000;

/**
 * Folds a prefix of the log into a generation that nobody follows, several partitions at once. Goes on where an earlier
 * call stopped, and waits for a store or a log that is away. Resolves once every partition is at `until`, or when
 * `signal` is aborted.
 */
export async function replayUntil(options: ReplayOptions): Promise<void> {
  const waiting = FOLDED_TOPICS.flatMap((topic) =>
    options.until[topic].map((to, partition) => ({ topic, partition, to })),
  );
  // One that fails ends the others too: what they would still do is of no use.
  const failing = new AbortController();
  const signal = AbortSignal.any([options.signal, failing.signal]);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      await replayWhileAway({ ...options, signal }, next);
    }
  };
  const workers = Array.from({ length: PARTITIONS_AT_ONCE }, () =>
    work().catch((error: unknown) => {
      failing.abort();
      throw error;
    }),
  );
  const failed = (await Promise.allSettled(workers)).find((ending) => ending.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Piece {
  readonly topic: FoldedTopic;
  readonly partition: number;
  readonly to: Offset;
}

/** A batch whose answer was lost may have been committed: where the partition goes on then tells. */
async function replayWhileAway(options: ReplayOptions, piece: Piece): Promise<void> {
  const { generation, signal } = options;
  const unanswered: Unanswered = {};
  const what = `replaying ${piece.topic}[${piece.partition}] into ${generation.name}`;
  try {
    await whileAway(() => replayPartition(options, piece, unanswered), { signal, what });
  } catch (error) {
    // Whoever aborted knows why.
    if (!signal.aborted) throw error;
  }
}

interface Unanswered {
  batch?: Batch | undefined;
}

async function replayPartition(
  { log, writer, generation, signal, onApplied }: ReplayOptions,
  { topic, partition, to }: Piece,
  unanswered: Unanswered,
): Promise<void> {
  const start = await writer.startPosition(generation, { topic, partition });
  if (start.next === unanswered.batch?.next) onApplied?.(unanswered.batch.messages.length);
  unanswered.batch = undefined;
  if (start.last !== undefined) {
    const { offset: lastOffset, sha256 } = start.last;
    await requireConsumed(log, generation.name, [{ topic, partition, lastOffset, lastSha256: sha256.toString('hex') }]);
  }
  if (start.next >= to) return;
  const batches = log.scan({ topic, partition, from: start.next, to, batchMessagesMax: BATCH_MESSAGES_MAX, signal });
  for await (const batch of batches) {
    unanswered.batch = batch;
    const outcome = await writer.apply(generation, batch);
    unanswered.batch = undefined;
    if (outcome === 'STALE') {
      throw new ConsumptionHaltedError(
        'CONSUMER_FAILED',
        `somebody else writes ${generation.name}, or dropped it, while the log is replayed into it: ` +
          'see with `logbook generations list` what there is, and begin again',
      );
    }
    onApplied?.(batch.messages.length);
  }
}
