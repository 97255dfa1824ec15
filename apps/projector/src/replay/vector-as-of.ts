import { FOLDED_TOPICS, offset, type FoldedTopic, type Offset } from '@logbook/contracts';
import { firstAtOrAfter, type Log } from '@logbook/core';
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
      const scan = { topic, partition, from: offset(0), to: end, signal };
      // Times are whole milliseconds.
      vector[topic].push(await firstAtOrAfter(log, scan, timeMs + 1));
    }
  }
  return vector;
}
