import type { EncodedChange, RawHeaders, RawMessage } from '@logbook/contracts';

/** Texts below this have a length that fits into one byte, also written signed (zig-zag). */
const SHORT_BYTES = 64;
/** The bytes that a record's length usually takes, kept free before it is known. */
const LENGTH_BYTES_USUAL = 2;
const NO_BYTES = -1;

/** The names of headers are few, Logbook's own; what a foreign producer has beyond this is encoded anew each time. */
const NAMES_MAX = 256;
const encodedNames = new Map<string, Buffer>();

/**
 * Writes records of format 2 one behind the other into a buffer that its caller has made large enough; fails at `written` if not.
 * Source: Kafka's documentation, "Record". Lengths and differences are varints in zig-zag coding.
 */
export class RecordWriter {
  private at = 0;

  constructor(private readonly buffer: Buffer) {}

  /** @param offsetDelta the place in the batch */
  record(message: EncodedChange | RawMessage, offsetDelta: number): void {
    const begin = this.at;
    this.at += LENGTH_BYTES_USUAL;
    this.byte(0); // no attributes
    this.byte(0); // the time of the batch
    this.varint(offsetDelta);
    this.text(message.key);
    this.bytes(message.value);
    this.headers(message.headers);
    this.lengthAt(begin);
  }

  /** @throws Error if the buffer was too small: what would not fit was lost. */
  written(): Buffer {
    if (this.at > this.buffer.length)
      throw new Error(`records of ${this.at} bytes were written into ${this.buffer.length} bytes`);
    return this.buffer.subarray(0, this.at);
  }

  private headers(headers: RawHeaders): void {
    let count = 0;
    for (const name in headers) count += valuesOf(headers[name]);
    this.varint(count);
    for (const name in headers) {
      const value = headers[name];
      if (value === undefined) continue;
      if (Array.isArray(value)) for (const each of value) this.header(name, each);
      else this.header(name, value);
    }
  }

  private header(name: string, value: string | Buffer): void {
    const known = encodedNames.get(name);
    if (known === undefined) {
      const begin = this.at;
      this.text(name);
      if (encodedNames.size < NAMES_MAX) encodedNames.set(name, Buffer.from(this.buffer.subarray(begin, this.at)));
    } else {
      this.buffer.set(known, this.at);
      this.at += known.length;
    }
    this.text(value);
  }

  private text(value: string | Buffer | null): void {
    if (typeof value !== 'string') return this.bytes(value);
    if (value.length < SHORT_BYTES && this.ascii(value)) return;
    this.varint(Buffer.byteLength(value));
    this.at += this.buffer.write(value, this.at);
  }

  /** Most headers are a few letters, for which a call out of JavaScript costs more than a loop. */
  private ascii(value: string): boolean {
    const { buffer, at } = this;
    const { length } = value;
    buffer[at] = length << 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[at + 1 + index] = code;
    }
    this.at += 1 + length;
    return true;
  }

  private bytes(value: Buffer | null): void {
    if (value === null) return this.varint(NO_BYTES);
    this.varint(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  private byte(value: number): void {
    this.buffer[this.at] = value;
    this.at += 1;
  }

  private varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  private lengthAt(begin: number): void {
    const body = begin + LENGTH_BYTES_USUAL;
    const end = this.at;
    const length = end - body;
    const moved = begin + varintBytes(length);
    if (moved !== body) this.buffer.copyWithin(moved, body, end);
    this.at = begin;
    this.varint(length);
    this.at = moved + length;
  }
}

function valuesOf(value: RawHeaders[string]): number {
  if (value === undefined) return 0;
  return Array.isArray(value) ? value.length : 1;
}

/** Of a length, zig-zag coding included. */
function varintBytes(length: number): number {
  let bytes = 1;
  for (let rest = length * 2; rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
