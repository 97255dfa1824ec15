import { offset, type StoredMessage } from '@logbook/contracts';
import type { Batch } from '@logbook/core';

/** A consumer holds at most this many bytes of values at once, or one message. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;
export const BATCH_MESSAGES_MAX_DEFAULT = 1_000;

/**
 * Cuts what a driver fetched into batches of at most `messagesMax` messages and about `BATCH_BYTES_MAX` bytes.
 * They join without gaps: each begins where the one before ends, and the last ends where the fetch did,
 * past any offsets that hold nothing.
 */
export function* splitBatch(fetched: Batch, messagesMax: number): Generator<Batch> {
  let from = fetched.from;
  let begin = 0;
  while (begin < fetched.messages.length) {
    const past = pieceEnd(fetched.messages, begin, messagesMax);
    const messages = fetched.messages.slice(begin, past);
    const last = messages[messages.length - 1];
    const next = past === fetched.messages.length || last === undefined ? fetched.next : offset(last.offset + 1);
    yield { topic: fetched.topic, partition: fetched.partition, from, next, messages, end: fetched.end };
    from = next;
    begin = past;
  }
}

function pieceEnd(messages: readonly StoredMessage[], begin: number, messagesMax: number): number {
  let bytes = 0;
  let index = begin;
  for (; index < messages.length && index - begin < messagesMax; index += 1) {
    bytes += messages[index]?.value?.length ?? 0;
    if (bytes > BATCH_BYTES_MAX && index > begin) break;
  }
  return index;
}
