import { createHash } from 'node:crypto';
import type { EncodedChange, RawHeaders, RawMessage } from './message.js';

/** Stands for the length of what is null; no key or value is that long. */
const NULL_LENGTH = 0xffffffff;

/**
 * SHA-256 of key, headers and value: the identity of a message wherever it lies, for checkpoints and skips.
 *
 * What is hashed: the key, the count of headers, each header's name and value, the value; each of these texts behind
 * its length (32 bits, big-endian), so that no two messages share a framing, and null behind 0xffffffff.
 * Headers go by the bytes of their name, repeated ones in their order: drivers keep names in no order.
 * A string stands for its UTF-8, and one value for an array of one: drivers deliver either.
 */
export function messageSha256(raw: RawMessage): Buffer {
  const headers = headerList(raw.headers);
  const parts = [...framed(raw.key), length32(headers.length)];
  for (const { name, value } of headers) parts.push(...framed(name), ...framed(value));
  // Many small updates cost more than a copy; only the value can be large, so it is left where it is.
  const hash = createHash('sha256').update(Buffer.concat(parts));
  for (const part of framed(raw.value)) hash.update(part);
  return hash.digest();
}

/** `messageSha256` of a message before it is appended. */
export function encodedSha256(message: EncodedChange): Buffer {
  return messageSha256({ key: Buffer.from(message.key), headers: message.headers, value: message.value });
}

interface Header {
  readonly name: Buffer;
  readonly value: Buffer | string | null;
}

function headerList(headers: RawHeaders): Header[] {
  const names = Object.keys(headers)
    .filter((name) => headers[name] !== undefined)
    .map((name) => ({ name, bytes: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return names.flatMap(({ name, bytes }) => {
    const value = headers[name] ?? null;
    const values = Array.isArray(value) ? value : [value];
    return values.map((one) => ({ name: bytes, value: one }));
  });
}

function framed(part: Buffer | string | null): Buffer[] {
  if (part === null) return [length32(NULL_LENGTH)];
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  return [length32(bytes.length), bytes];
}

function length32(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(length);
  return bytes;
}
