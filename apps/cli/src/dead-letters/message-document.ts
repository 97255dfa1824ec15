import { isUtf8 } from 'node:buffer';
import { messageSha256, type RawHeaders, type RawMessage } from '@logbook/contracts';

/** How much of a value is shown. */
export const VALUE_BYTES_SHOWN = 8 * 1024;

export interface ValueDocument {
  readonly bytes: number;
  readonly encoding: 'utf8' | 'hex';
  /** The beginning, as text or in hexadecimal digits. */
  readonly text: string;
  readonly truncated: boolean;
}

export interface MessageDocument {
  readonly key: string | null;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** `null`: the message has none. */
  readonly value: ValueDocument | null;
  readonly sha256: string;
}

/** A message of the log, whatever its bytes are, as a person or a program can read it. Bytes that are no text are in hexadecimal digits behind `0x`. */
export function messageDocument(message: RawMessage): MessageDocument {
  return {
    key: message.key === null ? null : textOrHex(message.key),
    headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, headerTexts(value)])),
    value: message.value === null ? null : valueDocument(message.value),
    sha256: messageSha256(message).toString('hex'),
  };
}

/** The values of one header. */
export const headerTexts = (value: RawHeaders[string]): string[] =>
  (Array.isArray(value) ? value : [value]).map((one) => textOrHex(one ?? ''));

const textOrHex = (bytes: Buffer | string): string =>
  typeof bytes === 'string' || isUtf8(bytes) ? bytes.toString() : `0x${bytes.toString('hex')}`;

function valueDocument(value: Buffer): ValueDocument {
  const shown = value.subarray(0, VALUE_BYTES_SHOWN);
  const truncated = shown.length < value.length;
  if (!isUtf8(value)) return { bytes: value.length, encoding: 'hex', text: shown.toString('hex'), truncated };
  // The cut may go through a character, of which only a part would be shown.
  const text = truncated ? shown.toString('utf8').replace(/\ufffd+$/, '') : shown.toString('utf8');
  return { bytes: value.length, encoding: 'utf8', text, truncated };
}

/** A text that somebody else wrote, for a terminal: control characters, which could move its cursor or worse, are written out. */
export const printable = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
