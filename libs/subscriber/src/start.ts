import { offset, type Offset, type TopicPartition } from '@logbook/contracts';
import { firstAtOrAfter, LogUnavailableError, type Log } from '@logbook/core';

/** Where a group begins that has no position yet: at the beginning, behind what is there, or at a time of messages. */
export type Start = 'beginning' | 'latest' | { readonly time: Date };

/**
 * The offset at which a group begins in a partition. For a time it is the first message of that time or later: what lies
 * behind it is delivered, whatever its time, since times within a partition need not ascend (a spool drains late).
 * The partition is read for it from its beginning. Rejects with `LogUnavailableError` when `signal` ends that.
 */
export async function startOffset(
  log: Log,
  { topic, partition }: TopicPartition,
  { start, signal }: { readonly start: Start; readonly signal: AbortSignal },
): Promise<Offset> {
  const end = (await log.ends(topic))[partition] ?? offset(0);
  if (start === 'latest') return end;
  const begin = (await log.starts(topic))[partition] ?? offset(0);
  if (start === 'beginning') return begin;
  const found = await firstAtOrAfter(log, { topic, partition, from: begin, to: end, signal }, start.time.getTime());
  if (signal.aborted) throw new LogUnavailableError('looking for a time in the log was interrupted');
  return found;
}
