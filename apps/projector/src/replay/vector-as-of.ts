import { FOLDED_TOPICS, HEADERS, offset, type FoldedTopic, type Offset, type StoredMessage } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import type { LogEnds } from '@logbook/store';
import { logEndsOf } from '../log-ends.js';

/**
 * Per partition, the prefix before the first message later than a time: what the log held then, as far as the times of
 * its messages tell. Times within a partition need not ascend (a spool drains late), so each is read from its beginning.
 */
export async function vectorAsOf(log: Log, timeMs: number, signal: AbortSignal): Promise<LogEnds> {
  const ends = await logEndsOf(log);
  const vector: Record<FoldedTopic, Offset[]> = { commands: [], events: [] };
  for (const topic of FOLDED_TOPICS) {
    for (const [partition, end] of ends[topic].entries()) {
      vector[topic].push(await firstLater({ log, timeMs, signal }, { topic, partition, end }));
    }
  }
  return vector;
}

interface Search {
  readonly log: Log;
  readonly timeMs: number;
  readonly signal: AbortSignal;
}

async function firstLater(
  { log, timeMs, signal }: Search,
  { topic, partition, end }: { readonly topic: FoldedTopic; readonly partition: number; readonly end: Offset },
): Promise<Offset> {
  if (end === 0) return end;
  for await (const { messages } of log.scan({ topic, partition, from: offset(0), to: end, signal })) {
    const later = messages.find((message) => timeOf(message) > timeMs);
    if (later !== undefined) return later.offset;
  }
  return end;
}

/** A message whose time cannot be read is poison, and of no time: it ends no prefix. */
function timeOf({ headers }: StoredMessage): number {
  const time = headers[HEADERS.time];
  return Date.parse(String(Array.isArray(time) ? time.at(-1) : time));
}
