import { deadLettersTable, defineTable, optional, type ColumnType } from '@logbook/projections';
import { copyMessages } from './copy-messages.js';

/** The bytes of all messages but the end, without the head of each. */
const dataOf = (messages: readonly Buffer[]): Buffer =>
  Buffer.concat(
    messages.slice(0, -1).map((message) => {
      expect(message[0]).toBe('d'.charCodeAt(0));
      expect(message.readInt32BE(1)).toBe(message.length - 1);
      return message.subarray(5);
    }),
  );
const BEFORE_ROWS_BYTES = 19;

const one = defineTable({
  name: 'one',
  columns: { value: optional('text', 'owned') },
  primaryKey: ['value'],
  write: 'once',
});
/** What a row of one value is made of, its count of columns left out. */
const written = (type: ColumnType, value: unknown): string => {
  const table = { ...one, columns: { value: optional(type, 'owned') } };
  return dataOf(copyMessages(table, [{ value }]))
    .subarray(BEFORE_ROWS_BYTES + 2, -2)
    .toString('hex');
};

describe('copyMessages', () => {
  it('begins with the signature of the format, ends the rows, and then the data', () => {
    const messages = copyMessages(deadLettersTable, []);
    expect(dataOf(messages).toString('hex')).toBe('5047434f50590aff0d0a00' + '00000000' + '00000000' + 'ffff');
    expect(messages.at(-1)?.toString('hex')).toBe('6300000004');
  });

  it('writes each type as PostgreSQL receives it, behind its length', () => {
    expect(written('text', 'é')).toBe('00000002' + 'c3a9');
    expect(written('text', 'né')).toBe('00000003' + '6ec3a9');
    expect(written('text', 'né'.repeat(40))).toBe('00000078' + '6ec3a9'.repeat(40));
    expect(written('text', '')).toBe('00000000');
    expect(written('uuid', '0198c0de-aBcD-7000-8000-00000000f00F')).toBe(
      '00000010' + '0198c0deabcd7000800000000000f00f',
    );
    expect(written('int', -2)).toBe('00000004' + 'fffffffe');
    expect(written('bigint', Number.MAX_SAFE_INTEGER)).toBe('00000008' + '001fffffffffffff');
    expect(written('bigint', -1)).toBe('00000008' + 'ffffffffffffffff');
    expect(written('timestamp', Date.UTC(2000, 0, 1) + 1)).toBe('00000008' + '00000000000003e8');
    expect(written('bytes', Buffer.from([0, 255]))).toBe('00000002' + '00ff');
    expect(written('boolean', true)).toBe('00000001' + '01');
    expect(written('jsonb', { a: 1 })).toBe('00000008' + '01' + Buffer.from('{"a":1}').toString('hex'));
    expect(written('text', null)).toBe('ffffffff');
  });

  it('writes times exactly whose microseconds are no exact number', () => {
    const ms = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
    const microseconds = BigInt(ms - Date.UTC(2000, 0, 1)) * 1000n;
    expect(BigInt(`0x${written('timestamp', ms).slice(8)}`)).toBe(microseconds);
  });

  it('goes on in the next message where one is full, also in the middle of a row', () => {
    const long = 'x'.repeat(100_000);
    const rows = [{ value: 'y'.repeat(60_000) }, { value: long }, { value: 'z' }];
    const messages = copyMessages(one, rows);
    expect(messages.length).toBeGreaterThan(3);
    const text = dataOf(messages).toString('latin1');
    for (const { value } of rows) expect(text).toContain(value);
  });

  it('refuses a number that its column cannot hold', () => {
    expect(() => written('int', 2 ** 31)).toThrow(/out of range/);
  });
});
