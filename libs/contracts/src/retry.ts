import { isUtf8 } from 'node:buffer';
import { decodeMessage } from './decode.js';
import { H } from './headers.js';
import type { EncodedChange, Position, RawHeaders, StoredMessage } from './message.js';

/** `REFUSED`: a message with the same content would not be applied either, for `reason`. */
export type EncodedRetry =
  | { readonly outcome: 'ENCODED'; readonly message: EncodedChange }
  | { readonly outcome: 'REFUSED'; readonly reason: string };

/** A position as people and `ce_retryof` write it: `events/3/1234`. */
export const positionText = ({ topic, partition, offset }: Position): string => `${topic}/${partition}/${offset}`;

/**
 * The message that tries another one again: the same key, headers and bytes, and two headers more, which say of what it is
 * the retry, and which. Its hash is therefore another, so that a skip of the original, or of a retry before it, does not
 * concern it; its `ce_id` is the same, so that a retry is one event, however often it is made.
 */
export function encodeRetry(original: StoredMessage, retryId: string): EncodedRetry {
  const decoded = decodeMessage(original);
  if (decoded.outcome !== 'DECODED') return { outcome: 'REFUSED', reason: decoded.reason };
  const headers = plainHeaders(original.headers);
  if (typeof headers === 'string') {
    return { outcome: 'REFUSED', reason: `header ${JSON.stringify(headers)} is repeated, empty or no text` };
  }
  headers[H.retryOf] = positionText(original);
  headers[H.retryId] = retryId;
  // What can be decoded has a key that is text.
  const key = original.key?.toString('utf8') ?? '';
  return { outcome: 'ENCODED', message: { key, headers, value: original.value } };
}

/** The headers as they can be appended again; the name of the first that cannot. */
function plainHeaders(headers: RawHeaders): Record<string, string> | string {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const [only, ...more] = Array.isArray(value) ? value : [value];
    // A client may deliver null for a header without a value, whatever its types say.
    const text = only ?? null;
    if (more.length > 0 || text === null || (typeof text !== 'string' && !isUtf8(text))) return name;
    texts[name] = text.toString();
  }
  return texts;
}
