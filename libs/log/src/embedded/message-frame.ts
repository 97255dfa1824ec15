import { isUtf8 } from 'node:buffer';
import type { EncodedChange, RawHeaders, RawMessage } from '@logbook/contracts';
import { isPlainText } from '../plain-text.js';

/**
 * How a message lies in LMDB: the format, the length of the head (4 bytes, big-endian), the head as JSON, then the
 * value's bytes as they are.
 *
 * Format 1, all that Logbook itself writes: the head is `[key, name, value, name, value …]`, all texts.
 * Format 2, for what only a foreign producer writes and a copy carries: the head is `[hasValue, key, name, value …]`, where a key
 * or a header's value is a text, `null`, or `{"base64": …}` for bytes that are no UTF-8, and a repeated name is repeated.
 */
const TEXT_FORMAT = 1;
const FOREIGN_FORMAT = 2;
const PREFIX_BYTES = 5;

type Part = string | null | { readonly base64: string };

export function frameMessage(message: EncodedChange | RawMessage): Buffer {
  const { key, headers, value } = message;
  const texts = value === null ? undefined : textsOf(message);
  if (value !== null && texts !== undefined) return frame(TEXT_FORMAT, texts, value);
  const parts = [key, ...headerPairs(headers).flatMap((pair) => [pair.name, pair.value])].map(partOf);
  return frame(FOREIGN_FORMAT, [value !== null, ...parts], value ?? Buffer.alloc(0));
}

/** The head of a message whose key and headers are all text, and none repeated. */
function textsOf({ key, headers }: EncodedChange | RawMessage): string[] | undefined {
  const texts = [partOf(key)];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    if (!Array.isArray(value)) texts.push(name, partOf(value));
    else if (value.length > 1) return undefined;
    else for (const sole of value) texts.push(name, partOf(sole));
  }
  return texts.every((part) => typeof part === 'string') ? texts : undefined;
}

function frame(format: number, headParts: readonly unknown[], value: Buffer): Buffer {
  const head = JSON.stringify(headParts);
  const headBytes = Buffer.byteLength(head);
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + headBytes + value.length);
  framed.writeUInt8(format, 0);
  framed.writeUInt32BE(headBytes, 1);
  framed.write(head, PREFIX_BYTES, headBytes === head.length ? 'latin1' : 'utf8');
  framed.set(value, PREFIX_BYTES + headBytes);
  return framed;
}

function headerPairs(headers: RawHeaders): { name: string; value: Buffer | string | null }[] {
  return Object.keys(headers).flatMap((name) => {
    const value = headers[name];
    if (value === undefined) return [];
    return (Array.isArray(value) ? value : [value]).map((each) => ({ name, value: each }));
  });
}

function partOf(bytes: Buffer | string | null): Part {
  if (bytes === null || typeof bytes === 'string') return bytes;
  return isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };
}

/** Key and headers come back as Kafka delivers them, so that everything behind the port sees one shape. */
export function unframeMessage(framed: Buffer): RawMessage {
  const format = framed.readUInt8(0);
  if (format !== TEXT_FORMAT && format !== FOREIGN_FORMAT)
    throw new Error(`the log holds a message of format ${format}; this release reads up to ${FOREIGN_FORMAT}`);
  const headBytes = framed.readUInt32BE(1);
  const head = JSON.parse(framed.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headBytes)) as unknown[];
  const value = framed.subarray(PREFIX_BYTES + headBytes);
  if (format === FOREIGN_FORMAT) return unframeForeign(head, value);
  const texts = head as string[];
  const headers: Record<string, string | Buffer> = {};
  for (let at = 1; at < texts.length; at += 2) headers[texts[at] ?? ''] = textOf(texts[at + 1] ?? '');
  return { key: Buffer.from(texts[0] ?? ''), headers, value };
}

function unframeForeign([hasValue, key, ...pairs]: unknown[], value: Buffer): RawMessage {
  const lists = new Map<string, Part[]>();
  for (let at = 0; at < pairs.length; at += 2) {
    const name = pairs[at] as string;
    lists.set(name, [...(lists.get(name) ?? []), pairs[at + 1] as Part]);
  }
  const headers = Object.fromEntries(
    [...lists].map(([name, [first = null, ...others]]) => [
      name,
      others.length === 0 ? valueOf(first) : [first, ...others].map(bytesOf),
    ]),
  );
  // The types of headers do not know null; the bytes do, and a copy must not lose it.
  return { key: bytesOf(key as Part), headers: headers as RawHeaders, value: hasValue === true ? value : null };
}

const textOf = (text: string): string | Buffer => (isPlainText(text) ? text : Buffer.from(text));
const valueOf = (part: Part): string | Buffer | null => (typeof part === 'string' ? textOf(part) : bytesOf(part));

function bytesOf(part: Part): Buffer | null {
  if (part === null) return null;
  return typeof part === 'string' ? Buffer.from(part) : Buffer.from(part.base64, 'base64');
}
