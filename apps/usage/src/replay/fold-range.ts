import { decodeMessage, type LlmRecorded, type Offset } from '@logbook/contracts';
import { ConsumptionHaltedError, type Batch, type Log } from '@logbook/core';
import { callsOf, type Call } from '../counting/call.js';

/** Of one partition of `events`. */
export interface Range {
  readonly partition: number;
  readonly from: Offset;
  readonly to: Offset;
}

export interface FoldOptions {
  readonly log: Log;
  /** Ends the reading early. */
  readonly signal: AbortSignal;
  readonly count: (calls: Call[]) => Promise<void>;
  readonly onRead?: (messages: number) => void;
}

/** Hands over every call of a range in the order of the log; resolves with where it came to. Poison is left out, as the service does. */
export async function foldRange(
  { partition, from, to }: Range,
  { log, signal, count, onRead }: FoldOptions,
): Promise<Offset> {
  let next = from;
  if (from >= to) return next;
  for await (const batch of log.scan({ topic: 'events', partition, from, to, signal })) {
    await count(callsOf(eventsOf(batch)));
    onRead?.(batch.next - next);
    next = batch.next;
  }
  // What lies between the last message and the end of the range are holes.
  return signal.aborted ? next : to;
}

function eventsOf({ messages }: Batch): LlmRecorded[] {
  const events: LlmRecorded[] = [];
  for (const stored of messages) {
    const decoded = decodeMessage(stored);
    if (decoded.outcome === 'DECODED' && decoded.message.type === 'com.logbook.llm.recorded.v1')
      events.push(decoded.message);
    else if (decoded.outcome !== 'DECODED' && decoded.outcome !== 'POISON') {
      const at = `${stored.topic}[${stored.partition}] offset ${stored.offset}`;
      throw new ConsumptionHaltedError(
        'NEWER_RELEASE',
        `${at}: ${decoded.reason}; replay with the release that knows it`,
      );
    }
  }
  return events;
}
