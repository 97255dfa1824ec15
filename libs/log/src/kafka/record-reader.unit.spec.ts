import { RecordReader } from './record-reader.js';

/** Written out from Kafka's documentation, "Record": every number is zig-zag coded. */
const RECORD = Buffer.concat([
  Buffer.from([0x34, 0x00, 0x8c, 0x01, 0x06]), // 26 bytes, no attributes, 70 ms later, 3rd behind the first
  Buffer.from([0x04]),
  Buffer.from('ab'),
  Buffer.from([0x06]),
  Buffer.from('xyz'),
  Buffer.from([0x06]), // three headers
  Buffer.from([0x04]),
  Buffer.from('h1'),
  Buffer.from([0x02]),
  Buffer.from('1'),
  Buffer.from([0x04]),
  Buffer.from('h2'),
  Buffer.from([0x01]), // null
  Buffer.from([0x04]),
  Buffer.from('h1'),
  Buffer.from([0x02]),
  Buffer.from('2'),
]);
const PLACE = { topic: 'events', partition: 7 } as const;

describe('a record of format 2', () => {
  it('is read with key, value and headers, repeated ones and those without a value', () => {
    const reader = new RecordReader(RECORD);
    expect(reader.message(PLACE, 100)).toEqual({
      ...PLACE,
      offset: 103,
      key: Buffer.from('ab'),
      value: Buffer.from('xyz'),
      headers: { h1: [Buffer.from('1'), Buffer.from('2')], h2: null },
    });
  });

  it('has no key and no value where their lengths are negative', () => {
    const reader = new RecordReader(Buffer.from([0x0c, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00]));
    expect(reader.message(PLACE, 5)).toEqual({ ...PLACE, offset: 5, key: null, value: null, headers: {} });
  });

  it('shares the buffer of a header that the record before it had with the same value at the same place, and no other', () => {
    const withHeaders = (...values: string[]) => {
      const headers = values.map((value) =>
        Buffer.concat([Buffer.from([2]), Buffer.from('h'), Buffer.from([2 * value.length]), Buffer.from(value)]),
      );
      const rest = Buffer.concat([Buffer.from([0, 0, 0, 1, 1, 2 * headers.length]), ...headers]);
      return Buffer.concat([Buffer.from([2 * rest.length]), rest]);
    };
    const records = [withHeaders('same', 'left'), withHeaders('same', 'lest'), withHeaders('same', 'les')];
    const reader = new RecordReader(Buffer.concat(records));
    const read = records.map(() => reader.message(PLACE, 0).headers['h'] as Buffer[]);
    expect(read.map((values) => values.map(String))).toEqual([
      ['same', 'left'],
      ['same', 'lest'],
      ['same', 'les'],
    ]);
    expect(read[1]?.[0]).toBe(read[0]?.[0]);
    expect(read[2]?.[0]).toBe(read[0]?.[0]);
  });

  it('may have other headers than the record before it, at the same places', () => {
    const withHeader = (name: string) =>
      Buffer.concat([
        Buffer.from([0x10 + 2 * name.length, 0, 0, 0, 1, 1, 2, 2 * name.length]),
        Buffer.from(name),
        Buffer.from([0x00]),
      ]);
    const names = ['left', 'east', 'leftmost', 'left', '__proto__'];
    const reader = new RecordReader(Buffer.concat(names.map(withHeader)));
    const headers = names.map(() => reader.message(PLACE, 0).headers);
    expect(headers.map((each) => Object.keys(each))).toEqual(names.map((name) => [name]));
    expect(headers.map((each) => Object.getPrototypeOf(each) === Object.prototype)).not.toContain(false);
  });

  it.each(Array.from({ length: RECORD.length - 1 }, (_, length) => length + 1))(
    'is refused when it is cut off after %d bytes',
    (length) => {
      expect(() => new RecordReader(RECORD.subarray(0, length)).message(PLACE, 0)).toThrow(RangeError);
    },
  );

  it.each([
    ['longer than what it holds', 0x36],
    ['shorter than what it holds', 0x32],
  ])('is refused when it says that it is %s', (_what, length) => {
    const record = Buffer.concat([RECORD, Buffer.from([0])]);
    record[0] = length;
    expect(() => new RecordReader(record).message(PLACE, 0)).toThrow(/ends -?1 bytes behind its end/);
  });

  it('is refused when a number takes more than 32 bits', () => {
    const reader = new RecordReader(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0x01]));
    expect(() => reader.message(PLACE, 0)).toThrow('cut off or too long');
  });
});
