import { offset, type StoredMessage, type TopicPartition } from '@logbook/contracts';

type Headers = Record<string, Buffer | Buffer[]>;

/**
 * Reads records of format 2 one behind the other. Keys, values and headers are parts of the buffer, not copies.
 * Source: Kafka's documentation, "Record". Lengths and differences are varints in zig-zag coding.
 */
export class RecordReader {
  private at = 0;
  /** The headers of most records have the same names in the same order, many the same values: by place, what was last there. */
  private readonly names: { readonly bytes: Buffer; readonly name: string }[] = [];
  private readonly values: Buffer[] = [];

  constructor(private readonly buffer: Buffer) {}

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
      headers: this.headers(),
    };
    if (this.at !== end) throw new RangeError(`a record of ${length} bytes ends ${this.at - end} bytes behind its end`);
    return message;
  }

  private headers(): Headers {
    const headers: Headers = {};
    const count = this.varint();
    for (let place = 0; place < count; place += 1) {
      const name = this.name(place);
      // Kafka lets a header be null; the port's type does not tell, since none of Logbook's is.
      const value = this.value(place) as Buffer;
      const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
      if (before !== undefined) headers[name] = Array.isArray(before) ? [...before, value] : [before, value];
      else if (name !== '__proto__') headers[name] = value;
      else Object.defineProperty(headers, name, { value, enumerable: true, writable: true, configurable: true });
    }
    return headers;
  }

  private name(place: number): string {
    const length = this.varint();
    const begin = this.take(length);
    const known = this.names[place];
    if (known !== undefined && this.holds(known.bytes, begin, length)) return known.name;
    const bytes = this.buffer.subarray(begin, begin + length);
    const name = bytes.toString();
    this.names[place] = { bytes, name };
    return name;
  }

  /** A buffer costs more than reading it: records share those of the values that they have in common. */
  private value(place: number): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const begin = this.take(length);
    const known = this.values[place];
    if (known !== undefined && this.holds(known, begin, length)) return known;
    return (this.values[place] = this.buffer.subarray(begin, begin + length));
  }

  /** From the end on, since ids and names that differ do so there. */
  private holds(bytes: Buffer, begin: number, length: number): boolean {
    if (bytes.length !== length) return false;
    const { buffer } = this;
    for (let index = length - 1; index >= 0; index -= 1) if (buffer[begin + index] !== bytes[index]) return false;
    return true;
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
