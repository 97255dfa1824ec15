import { decodeMessage, type LogbookMessage, type StoredMessage } from '@logbook/contracts';
import { ConsumptionHaltedError, type Batch, cutBatch } from '@logbook/core';
import type { Matched, TypedHandler } from '../receivers/match-handlers.js';

/** What is to become of one message. */
export type Entry =
  | {
      readonly fate: 'HANDLE';
      readonly stored: StoredMessage;
      readonly message: LogbookMessage;
      readonly handler: TypedHandler;
    }
  | { readonly fate: 'BURY'; readonly stored: StoredMessage; readonly reason: string }
  | { readonly fate: 'IGNORE'; readonly stored: StoredMessage; readonly type: string };

/** A batch and, message by message, what is to become of it. */
export interface Work {
  readonly batch: Batch;
  readonly entries: readonly Entry[];
}

/** What to do about types that a newer release writes: stop until this service is upgraded, or leave them out. */
export type NewerTypes = 'HALT' | 'IGNORE';

export interface AdmitOptions {
  readonly matched: Matched;
  readonly newerTypes: NewerTypes;
}

/** @throws ConsumptionHaltedError `NEWER_RELEASE` where a newer release wrote a message and `newerTypes` is `HALT`. */
export const admit = (batch: Batch, options: AdmitOptions): Work => ({
  batch,
  entries: batch.messages.map((stored) => entryOf(stored, options)),
});

function entryOf(stored: StoredMessage, { matched, newerTypes }: AdmitOptions): Entry {
  const decoded = decodeMessage(stored);
  if (decoded.outcome === 'DECODED') {
    const { message } = decoded;
    const handler = matched.get(message.type);
    return handler === undefined || handler === 'IGNORED'
      ? { fate: 'IGNORE', stored, type: message.type }
      : { fate: 'HANDLE', stored, message, handler };
  }
  if (decoded.outcome === 'POISON') return { fate: 'BURY', stored, reason: decoded.reason };
  if (newerTypes === 'IGNORE') return { fate: 'IGNORE', stored, type: 'newer' };
  throw new ConsumptionHaltedError(
    'NEWER_RELEASE',
    `${stored.topic}[${stored.partition}] offset ${stored.offset}: ${decoded.reason}; ` +
      "install the release of @logbook/subscriber that knows it, or set newerTypes to 'IGNORE'",
  );
}

/** Cuts work as `cutBatch` cuts its batch. */
export function cutWork({ batch, entries }: Work, indexes: readonly number[]): Work[] {
  let begin = 0;
  return cutBatch(batch, indexes).map((piece) => {
    const end = begin + piece.messages.length;
    const cut = { batch: piece, entries: entries.slice(begin, end) };
    begin = end;
    return cut;
  });
}

/** The part of a batch before an index; `undefined` where there is none. */
export const partBefore = (batch: Batch, index: number): Batch | undefined =>
  index === 0 ? undefined : cutBatch(batch, [index])[0];
