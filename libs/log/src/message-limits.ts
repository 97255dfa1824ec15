import type { EncodedChange, RawMessage, Topic } from '@logbook/contracts';
import { MessageTooLargeError } from '@logbook/core';

/**
 * What a topic's `max.message.bytes` leaves for everything but the value: Kafka's limit is on a whole record
 * batch, and a value at the limit must pass in a batch of its own.
 */
export const BATCH_HEADROOM_BYTES = 64 * 1024;
/** Of the headroom, the part that key and headers may use; the rest is framing and incompressible growth. */
export const KEY_AND_HEADERS_BYTES_LIMIT = 56 * 1024;

/** Lengths, offsets and attributes of one record, generously. */
const RECORD_FRAMING_BYTES = 32;
const HEADER_FRAMING_BYTES = 6;

/** How much of a batch the key and headers of a message take. */
export function keyAndHeadersBytes(message: EncodedChange | RawMessage): number {
  let bytes = RECORD_FRAMING_BYTES + Buffer.byteLength(message.key ?? '');
  for (const name in message.headers) {
    const value = message.headers[name];
    for (const each of Array.isArray(value) ? value : [value]) {
      bytes += HEADER_FRAMING_BYTES + Buffer.byteLength(name) + Buffer.byteLength(each ?? '');
    }
  }
  return bytes;
}

/** Which message of an append this is, for the words of a refusal. */
export interface AppendPlace {
  readonly topic: Topic;
  readonly index: number;
  readonly count: number;
}

/**
 * The bytes a message takes.
 * @throws MessageTooLargeError if it is over a limit
 */
export function measureMessage(
  message: EncodedChange | RawMessage,
  messageBytesMax: number,
  { topic, index, count }: AppendPlace,
): number {
  const aside = keyAndHeadersBytes(message);
  const subject = `message ${index + 1} of ${count} for ${topic}`;
  const valueBytes = message.value?.length ?? 0;
  if (valueBytes > messageBytesMax) {
    throw new MessageTooLargeError(`${subject} has a value of ${valueBytes} bytes; the limit is ${messageBytesMax}`);
  }
  if (aside > KEY_AND_HEADERS_BYTES_LIMIT) {
    throw new MessageTooLargeError(
      `${subject} has ${aside} bytes of key and headers; the limit is ${KEY_AND_HEADERS_BYTES_LIMIT}`,
    );
  }
  return aside + valueBytes;
}

/**
 * The bytes each message takes, in order.
 * @throws MessageTooLargeError if one is over the limit, before anything is appended.
 */
export const measureMessages = (
  topic: Topic,
  messages: readonly (EncodedChange | RawMessage)[],
  messageBytesMax: number,
): number[] =>
  messages.map((message, index) => measureMessage(message, messageBytesMax, { topic, index, count: messages.length }));
