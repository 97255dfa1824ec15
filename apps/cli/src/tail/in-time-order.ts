import { sentAtMs, type StoredMessage } from '@logbook/contracts';
import type { Batch } from '@logbook/core';

interface Source {
  readonly batches: AsyncIterator<Batch, undefined>;
  messages: readonly StoredMessage[];
  at: number;
  /** When the message at `at` was sent; infinite where there is none any more. One whose time cannot be read holds nothing up. */
  headMs: number;
}

/**
 * The messages of several partitions as one sequence: each partition in its order, and among partitions the one whose next
 * message is the earliest goes first. Holds one batch of each.
 */
export async function* inTimeOrder(scans: readonly AsyncIterable<Batch, undefined>[]): AsyncGenerator<StoredMessage> {
  const sources = scans.map((scan): Source => ({
    batches: scan[Symbol.asyncIterator](),
    messages: [],
    at: 0,
    headMs: Infinity,
  }));
  try {
    await Promise.all(sources.map(lookAtHead));
    for (;;) {
      const first = sources.reduce<Source | undefined>(
        (earliest, source) => (earliest === undefined || source.headMs < earliest.headMs ? source : earliest),
        undefined,
      );
      const message = first?.messages[first.at];
      if (first === undefined || message === undefined) return;
      yield message;
      first.at += 1;
      await lookAtHead(first);
    }
  } finally {
    await Promise.all(sources.map(async ({ batches }) => batches.return?.()));
  }
}

/** Takes the next batch where this one is through. */
async function lookAtHead(source: Source): Promise<void> {
  let message = source.messages[source.at];
  while (message === undefined) {
    const { value: batch } = await source.batches.next();
    if (batch === undefined) {
      source.headMs = Infinity;
      return;
    }
    source.messages = batch.messages;
    source.at = 0;
    [message] = batch.messages;
  }
  source.headMs = sentAtMs(message) ?? 0;
}
