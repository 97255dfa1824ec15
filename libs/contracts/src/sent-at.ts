import { H } from './headers.js';
import type { RawHeaders, RawMessage } from './message.js';
import { utcTimeMs } from './utc-time.js';

/** Of a repeated header, the last. */
export const lastValue = (header: RawHeaders[string]): string | Buffer | undefined =>
  Array.isArray(header) ? header[header.length - 1] : header;

/** `ce_time` in Unix milliseconds, as decoding reads it; `undefined` where it is missing or no time. */
export function sentAtMs({ headers }: Pick<RawMessage, 'headers'>): number | undefined {
  // Null too: a client may deliver it, whatever its types say, for a header without a value.
  const text = lastValue(headers[H.time])?.toString();
  return text === undefined ? undefined : utcTimeMs(text);
}
