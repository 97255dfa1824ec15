import type { EncodedChange, RawMessage, Topic } from '@logbook/contracts';
import { KEY_AND_HEADERS_BYTES_LIMIT, measureMessage } from '../message-limits.js';
import { encodeRecord } from './record-writer.js';

/**
 * By the rule that counts them, a header takes six bytes beside its texts and at least two as they are written, and a message
 * 32 beside its key: what is written in less than this is within the limit, and need not be counted.
 */
const SURELY_WITHIN_BYTES = Math.floor((KEY_AND_HEADERS_BYTES_LIMIT - 32) / 3);

/**
 * The messages as they will stand in a batch, in order.
 * @throws MessageTooLargeError if one is over the limit, before anything is appended.
 */
export function encodeRecords(
  topic: Topic,
  messages: readonly (EncodedChange | RawMessage)[],
  messageBytesMax: number,
): Buffer[] {
  return messages.map((message, index) => {
    const place = { topic, index, count: messages.length };
    const valueBytes = message.value?.length ?? 0;
    // The largest are refused before they are copied.
    if (valueBytes > messageBytesMax) measureMessage(message, messageBytesMax, place);
    const record = encodeRecord(message);
    if (record.length - valueBytes > SURELY_WITHIN_BYTES) measureMessage(message, messageBytesMax, place);
    return record;
  });
}
