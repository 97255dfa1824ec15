import type { EncodedChange, RawMessage, Topic } from '@logbook/contracts';
import { KEY_AND_HEADERS_BYTES_LIMIT, measureMessages } from '../message-limits.js';
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
  let isMeasured = false;
  return messages.map((message) => {
    const valueBytes = message.value?.length ?? 0;
    // The largest are refused before they are copied.
    const record = valueBytes > messageBytesMax ? undefined : encodeRecord(message);
    if (!isMeasured && (record === undefined || record.length - valueBytes > SURELY_WITHIN_BYTES)) {
      measureMessages(topic, messages, messageBytesMax);
      isMeasured = true;
    }
    return record as Buffer;
  });
}
