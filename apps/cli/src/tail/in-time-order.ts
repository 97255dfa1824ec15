import type { StoredMessage } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { sentAtMs } from './message-line.js';

interface Source {
  readonly batches: AsyncIterator<Batch, undefined>;
  messages: readonly StoredMessage[];
  at: number;
}

/**
 * The messages of several partitions as one sequence: each partition in its order, and among partitions the one whose next
 * message is the earliest goes first. Holds one batch of each.
 */
export async function* inTimeOrder(scans: readonly AsyncIterable<Batch, undefined>[]): AsyncGenerator<StoredMessage> {
  const sources: Source[] = scans.map((scan) => ({ batches: scan[Symbol.asyncIterator](), messages: [], at: 0 }));
  try {
    await Promise.all(sources.map(refill));
    for (;;) {
      let first: Source | undefined;
      for (const source of sources) {
        if (head(source) !== undefined && (first === undefined || headMs(source) < headMs(first))) first = source;
      }
      const message = first === undefined ? undefined : head(first);
      if (first === undefined || message === undefined) return;
      yield message;
      first.at += 1;
      await refill(first);
    }
  } finally {
    await Promise.all(sources.map(async ({ batches }) => batches.return?.()));
  }
}

const head = ({ messages, at }: Source): StoredMessage | undefined => messages[at];

/** A message whose time cannot be read holds nothing up. */
function headMs(source: Source): number {
  const message = head(source);
  return message === undefined ? Infinity : (sentAtMs(message) ?? 0);
}

async function refill(source: Source): Promise<void> {
  while (head(source) === undefined) {
    const { value: batch } = await source.batches.next();
    if (batch === undefined) return;
    source.messages = batch.messages;
    source.at = 0;
  }
}
