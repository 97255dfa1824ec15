import type { EncodedChange, RawHeaders, RawMessage } from '@logbook/contracts';

/** Texts below this have a length that fits into one byte, also written signed (zig-zag). */
const SHORT_BYTES = 64;
/** A number, a length or a difference is 32 bits: five bytes of seven. */
const VARINT_BYTES_MAX = 5;
/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const UNIT_BYTES_MAX = 3;
const NO_BYTES = -1;

/** What most messages fit into, and what the room shrinks back to behind one that does not. */
const ROOM_BYTES = 64 * 1024;

/** The names of headers are few, Logbook's own; what a foreign producer has beyond this is encoded anew each time. */
const NAMES_MAX = 256;

/** What the place of a record in its batch adds to it: its length, attributes, and the differences of time and offset. */
export const RECORD_HEAD_BYTES_MAX = 2 * VARINT_BYTES_MAX + 2;

/**
 * Writes the parts of a record of format 2 that are the same wherever in a batch it stands: key, value and headers.
 * Source: Kafka's documentation, "Record". Lengths are varints in zig-zag coding.
 */
class RecordWriter {
  private room = Buffer.allocUnsafe(ROOM_BYTES);
  private at = 0;
  private readonly encodedNames = new Map<string, Buffer>();

  record({ key, value, headers }: EncodedChange | RawMessage): Buffer {
    this.at = 0;
    this.text(key);
    this.bytes(value);
    this.headers(headers);
    const record = Buffer.allocUnsafe(this.at);
    this.room.copy(record, 0, 0, this.at);
    if (this.room.length > ROOM_BYTES) this.room = Buffer.allocUnsafe(ROOM_BYTES);
    return record;
  }

  private headers(headers: RawHeaders): void {
    const begin = this.at;
    this.at += 1; // for their number, which is known behind them
    let count = 0;
    for (const name in headers) {
      const value = headers[name];
      if (value === undefined) continue;
      if (Array.isArray(value)) for (const each of value) this.header(name, each);
      else this.header(name, value);
      count += Array.isArray(value) ? value.length : 1;
    }
    this.numberAt(begin, count);
  }

  /** Few enough to take the byte that was kept free, but for those of foreign producers. */
  private numberAt(begin: number, count: number): void {
    const moved = varintBytes(count) - 1;
    if (moved > 0) {
      this.need(moved);
      this.room.copyWithin(begin + 1 + moved, begin + 1, this.at);
      this.at += moved;
    }
    writeVarint(this.room, count, begin);
  }

  private header(name: string, value: string | Buffer): void {
    const known = this.encodedNames.get(name);
    if (known === undefined) {
      const begin = this.at;
      this.text(name);
      if (this.encodedNames.size < NAMES_MAX)
        this.encodedNames.set(name, Buffer.from(this.room.subarray(begin, this.at)));
    } else {
      this.need(known.length);
      this.room.set(known, this.at);
      this.at += known.length;
    }
    this.text(value);
  }

  private text(value: string | Buffer | null): void {
    if (typeof value !== 'string') return this.bytes(value);
    this.need(UNIT_BYTES_MAX * value.length);
    if (value.length < SHORT_BYTES && this.ascii(value)) return;
    this.varint(Buffer.byteLength(value));
    this.at += this.room.write(value, this.at);
  }

  /** Most headers are a few letters, for which a call out of JavaScript costs more than a loop. */
  private ascii(value: string): boolean {
    const { room, at } = this;
    const { length } = value;
    room[at] = length << 1;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      room[at + 1 + index] = code;
    }
    this.at += 1 + length;
    return true;
  }

  private bytes(value: Buffer | null): void {
    if (value === null) {
      this.need(0);
      return this.varint(NO_BYTES);
    }
    this.need(value.length);
    this.varint(value.length);
    this.room.set(value, this.at);
    this.at += value.length;
  }

  private varint(value: number): void {
    this.at = writeVarint(this.room, value, this.at);
  }

  /** Makes room for so many bytes, and for a varint before and behind them. */
  private need(bytes: number): void {
    const needed = this.at + bytes + 2 * VARINT_BYTES_MAX;
    if (needed <= this.room.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.room.length));
    this.room.copy(larger, 0, 0, this.at);
    this.room = larger;
  }
}

const writer = new RecordWriter();

/** What of a record does not depend on its place in a batch; `writeRecord` adds the rest. */
export const encodeRecord = (message: EncodedChange | RawMessage): Buffer => writer.record(message);

/**
 * Writes a record as the one at place `offsetDelta` of its batch; returns where it ends. Needs the record's length and
 * `RECORD_HEAD_BYTES_MAX`.
 */
export function writeRecord(into: Buffer, at: number, record: Buffer, offsetDelta: number): number {
  const attributesAndTime = 2;
  const length = attributesAndTime + varintBytes(offsetDelta) + record.length;
  let next = writeVarint(into, length, at);
  into[next] = 0; // no attributes
  into[next + 1] = 0; // the time of the batch
  next = writeVarint(into, offsetDelta, next + attributesAndTime);
  into.set(record, next);
  return next + record.length;
}

function writeVarint(into: Buffer, value: number, at: number): number {
  let next = at;
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) {
    into[next] = (rest & 0x7f) | 0x80;
    next += 1;
  }
  into[next] = rest;
  return next + 1;
}

/** Of a length, zig-zag coding included. */
function varintBytes(length: number): number {
  let bytes = 1;
  for (let rest = length * 2; rest > 0x7f; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
