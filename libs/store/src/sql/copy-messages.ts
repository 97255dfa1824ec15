import type { ColumnType, Table } from '@logbook/projections';

/** Of one message to the server; rows go on in the next. */
const MESSAGE_BYTES = 64 * 1024;
const COPY_DATA = 'd'.charCodeAt(0);
/** The letter of a message and its length. */
const HEAD_BYTES = 5;
const COPY_DONE = Buffer.from('c\0\0\0\u0004', 'latin1');
/** How binary rows begin: the format's name, no flags, no extension. */
const SIGNATURE = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const NULL_LENGTH = -1;
const NO_MORE_ROWS = -1;
/** Binary timestamps are microseconds since then. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const TWO_TO_32 = 2 ** 32;
const SHORT_CHARACTERS_MAX = 64;

/**
 * Rows as the messages that give them to a `COPY … FROM STDIN (FORMAT binary)`, its end included. Binary, because text costs
 * this process more than twice as much to write, and PostgreSQL the same to read.
 * Source: PostgreSQL manual, "COPY", "Binary Format"; "Message Formats", CopyData and CopyDone.
 */
export function copyMessages(table: Table, rows: readonly Readonly<Record<string, unknown>>[]): readonly Buffer[] {
  const columns = Object.entries(table.columns).map(([property, { type }]) => ({ property, write: WRITERS[type] }));
  const data = new CopyData();
  data.bytes(SIGNATURE);
  for (const row of rows) {
    data.int16(columns.length);
    for (const { property, write } of columns) {
      const value = row[property];
      if (value === null) data.int32(NULL_LENGTH);
      else write(data, value as never);
    }
  }
  data.int16(NO_MORE_ROWS);
  return data.end();
}

/** Bytes behind one another, cut into messages wherever one is full. */
class CopyData {
  private readonly messages: Buffer[] = [];
  private message = Buffer.allocUnsafe(MESSAGE_BYTES);
  private at = HEAD_BYTES;

  int16(value: number): void {
    this.room(2);
    this.at = this.message.writeInt16BE(value, this.at);
  }

  /** @throws RangeError where it does not fit, instead of writing another number */
  int32(value: number): void {
    this.room(4);
    this.at = this.message.writeInt32BE(value, this.at);
  }

  /** Of a whole number that is exact, so below 2^53. */
  int64(value: number): void {
    this.room(8);
    const high = Math.floor(value / TWO_TO_32);
    this.at = this.message.writeInt32BE(high, this.at);
    this.at = this.message.writeUInt32BE(value - high * TWO_TO_32, this.at);
  }

  bigint64(value: bigint): void {
    this.room(8);
    this.at = this.message.writeBigInt64BE(value, this.at);
  }

  bytes(value: Buffer): void {
    this.room(value.length);
    this.at += value.copy(this.message, this.at);
  }

  /** Behind its length; a UTF-16 unit takes three bytes at most. */
  text(value: string): void {
    this.room(4 + 3 * value.length);
    const length = this.ascii(value, this.at + 4) ?? this.message.write(value, this.at + 4);
    this.at = this.message.writeInt32BE(length, this.at) + length;
  }

  /** The call that writes any text costs more than a short name has characters. `undefined` for what it is needed for. */
  private ascii(value: string, at: number): number | undefined {
    if (value.length > SHORT_CHARACTERS_MAX) return undefined;
    const { message } = this;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return undefined;
      message[at + index] = code;
    }
    return value.length;
  }

  /** Of a text that is known to be one. */
  uuid(value: string): void {
    this.room(16);
    const { message } = this;
    for (let index = 0; index < value.length; index += 2) {
      if (value.charCodeAt(index) === DASH) index += 1;
      message[this.at] = (digit(value, index) << 4) | digit(value, index + 1);
      this.at += 1;
    }
  }

  end(): readonly Buffer[] {
    this.cut();
    this.messages.push(COPY_DONE);
    return this.messages;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.message.length) return;
    this.cut();
    this.message = Buffer.allocUnsafe(Math.max(MESSAGE_BYTES, HEAD_BYTES + bytes));
    this.at = HEAD_BYTES;
  }

  private cut(): void {
    this.message[0] = COPY_DATA;
    // The length counts itself.
    this.message.writeInt32BE(this.at - 1, 1);
    this.messages.push(this.message.subarray(0, this.at));
  }
}

const DASH = '-'.charCodeAt(0);

/** The letters of hexadecimal digits follow one another in the low four bits, in both cases from 1 on. */
function digit(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 0x40 ? code & 0xf : (code & 0xf) + 9;
}

/** How a column's value is written, its length before it. Source: the `recv` function of each type. */
const WRITERS: Readonly<Record<ColumnType, (to: CopyData, value: never) => void>> = {
  text: (to, value: string) => to.text(value),
  uuid: (to, value: string) => {
    to.int32(16);
    to.uuid(value);
  },
  int: (to, value: number) => {
    to.int32(4);
    to.int32(value);
  },
  bigint: (to, value: number) => {
    to.int32(8);
    to.int64(value);
  },
  timestamp: (to, value: number) => {
    to.int32(8);
    const microseconds = (value - EPOCH_MS) * 1000;
    if (Number.isSafeInteger(microseconds)) to.int64(microseconds);
    else to.bigint64(BigInt(value - EPOCH_MS) * 1000n);
  },
  bytes: (to, value: Buffer) => {
    to.int32(value.length);
    to.bytes(value);
  },
  boolean: (to, value: boolean) => {
    to.int32(1);
    to.bytes(value ? TRUE : FALSE);
  },
  jsonb: (to, value: unknown) => {
    const text = Buffer.from(JSON.stringify(value));
    to.int32(1 + text.length);
    to.bytes(JSONB_VERSION);
    to.bytes(text);
  },
};

const TRUE = Buffer.from([1]);
const FALSE = Buffer.from([0]);
const JSONB_VERSION = Buffer.from([1]);
