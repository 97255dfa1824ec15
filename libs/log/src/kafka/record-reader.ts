import { offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';
import { isPlainText } from '../plain-text.js';

/** Null for a header without a value: Kafka lets one be, the port's type does not tell, since none of Logbook's is. */
type Value = string | Buffer | null;
type Headers = Record<string, Value | Value[]>;

/**
 * By their number, the headers of the last record that had so many, none of them twice: most records have the same names in
 * the same order, and many of the values.
 */
export type KnownHeaders = Map<
  number,
  { readonly names: readonly string[]; readonly values: Value[]; headers: Headers }
>;

/**
 * Reads records of format 2 one behind the other. Keys, values and headers that are no plain text are parts of the buffer,
 * not copies.
 * Source: Kafka's documentation, "Record". Lengths and differences are varints in zig-zag coding.
 */
export class RecordReader {
  private at = 0;

  constructor(
    private readonly buffer: Buffer,
    /** Of what is read together, for records like those before them. */
    private readonly known: KnownHeaders = new Map(),
  ) {}

  /**
   * The next record, as a message of `place`.
   * @throws RangeError where the record is cut off, or its lengths contradict each other
   */
  message({ topic, partition }: TopicPartition, baseOffset: number): StoredMessage {
    const length = this.varint();
    const end = this.at + length;
    if (length < 0 || end > this.buffer.length) throw new RangeError(`a record of ${length} bytes is cut off`);
    this.at += 1; // attributes, of which there are none
    this.skipVarint(); // the time
    const message = {
      topic,
      partition,
      offset: offset(baseOffset + this.varint()),
      key: this.bytes(),
      value: this.bytes(),
      headers: this.headers(end) as StoredMessage['headers'],
    };
    if (this.at !== end) throw new RangeError(`a record of ${length} bytes ends ${this.at - end} bytes behind its end`);
    return message;
  }

  private headers(end: number): Headers {
    const begin = this.at;
    const from = { begin, text: this.buffer.toString('latin1', begin, end) };
    const count = this.varint();
    return this.likeKnown(from, count) ?? this.otherHeaders(from, count);
  }

  /** A copy of the last headers of as many, in which what differs is set; `undefined` where those have other names. */
  private likeKnown(from: Source, count: number): Headers | undefined {
    const known = this.known.get(count);
    if (known === undefined) return undefined;
    const { at } = this;
    const { names, values } = known;
    const headers = { ...known.headers };
    for (let place = 0; place < count; place += 1) {
      const name = names[place] as string;
      if (!this.isNext(from, name)) {
        this.at = at;
        return undefined;
      }
      const before = values[place] as Value;
      const value = this.value(from, before);
      if (value !== before) headers[name] = values[place] = value;
    }
    return (known.headers = headers);
  }

  private otherHeaders(from: Source, count: number): Headers {
    const headers: Headers = {};
    const names: string[] = [];
    const values: Value[] = [];
    let isUsual = true;
    for (let place = 0; place < count; place += 1) {
      const length = this.varint();
      const name = this.buffer.toString('utf8', this.take(length), this.at);
      const value = this.value(from, null);
      names.push(name);
      values.push(value);
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (before !== undefined)
        headers[name] = [...(Array.isArray(before) ? before : [bytesOf(before)]), bytesOf(value)];
      else if (name !== '__proto__') headers[name] = value;
      else Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
      // Of another name the text is not that of its bytes.
      isUsual &&= before === undefined && name.length === length;
    }
    if (isUsual) this.known.set(count, { names, values, headers });
    else this.known.delete(count);
    return headers;
  }

  /** Goes past the name of a header, and says whether it is this one. */
  private isNext({ text, begin }: Source, name: string): boolean {
    const length = this.varint();
    const at = this.take(length);
    return length === name.length && text.startsWith(name, at - begin);
  }

  /** Records share the texts that they have in common at the same place. */
  private value({ text, begin }: Source, known: Value): Value {
    const length = this.varint();
    if (length < 0) return null;
    const at = this.take(length);
    const from = at - begin;
    if (typeof known === 'string' && known.length === length && text.startsWith(known, from)) return known;
    const value = text.slice(from, from + length);
    return isPlainText(value) ? value : this.buffer.subarray(at, at + length);
  }

  private bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const begin = this.take(length);
    return this.buffer.subarray(begin, begin + length);
  }

  private take(length: number): number {
    const begin = this.at;
    if (length < 0 || begin + length > this.buffer.length) throw new RangeError(`a length of ${length} is cut off`);
    this.at = begin + length;
    return begin;
  }

  /** Of at most 32 bits: lengths, counts, places in the batch. */
  private varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer[this.at];
      if (byte === undefined) break;
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new RangeError('a number is cut off or too long');
  }

  private skipVarint(): void {
    while ((this.buffer[this.at] ?? 0) > 0x7f) this.at += 1;
    this.at += 1;
  }
}

const bytesOf = (value: Value): Buffer | null => (typeof value === 'string' ? Buffer.from(value) : value);

/** The headers of a record as text, a character a byte, and where they begin in the buffer. */
interface Source {
  readonly text: string;
  readonly begin: number;
}
