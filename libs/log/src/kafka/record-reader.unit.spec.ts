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

  const withHeaders = (...headers: readonly (readonly [name: string, value: string | Buffer])[]) => {
    const bytes = headers.flatMap((header) =>
      header.flatMap((part) => [Buffer.from([2 * Buffer.byteLength(part)]), Buffer.from(part as string)]),
    );
    const rest = Buffer.concat([Buffer.from([0, 0, 0, 1, 1, 2 * headers.length]), ...bytes]);
    return Buffer.concat([Buffer.from([2 * rest.length]), rest]);
  };
  const headersOf = (records: readonly Buffer[]) => {
    const reader = new RecordReader(Buffer.concat(records));
    return records.map(() => reader.message(PLACE, 0).headers);
  };

  it('has headers of its own beside those that it shares with the record before it', () => {
    const records = [
      withHeaders(['a', 'same'], ['b', 'left'], ['c', '1']),
      withHeaders(['a', 'same'], ['b', 'lest'], ['c', '1']),
      withHeaders(['a', 'same'], ['b', 'lest'], ['c', '1']),
      withHeaders(['a', 'same'], ['b', 'les'], ['c', '']),
      withHeaders(['a', 'same'], ['b', 'lest'], ['c', '1']),
    ];
    expect(headersOf(records)).toEqual([
      { a: 'same', b: 'left', c: '1' },
      { a: 'same', b: 'lest', c: '1' },
      { a: 'same', b: 'lest', c: '1' },
      { a: 'same', b: 'les', c: Buffer.alloc(0) },
      { a: 'same', b: 'lest', c: '1' },
    ]);
  });

  it('may have the names of the record before it in another order, more of them, fewer, or one twice', () => {
    const records = [
      withHeaders(['a', '1'], ['b', '2']),
      withHeaders(['b', '2'], ['a', '1']),
      withHeaders(['b', '2']),
      withHeaders(['b', '2'], ['b', '3']),
      withHeaders(['b', '4'], ['b', '5']),
      withHeaders(['b', '4'], ['a', '5']),
    ];
    expect(headersOf(records)).toEqual([
      { a: '1', b: '2' },
      { a: '1', b: '2' },
      { b: '2' },
      { b: ['2', '3'].map((value) => Buffer.from(value)) },
      { b: ['4', '5'].map((value) => Buffer.from(value)) },
      { a: '5', b: '4' },
    ]);
    expect(headersOf(records).map((each) => Object.keys(each).join())).toEqual(['a,b', 'b,a', 'b', 'b', 'b', 'b,a']);
  });

  it('gives as its bytes what is no plain text, whatever the record before it had', () => {
    const [umlaut, latin1] = [Buffer.from('ä'), Buffer.from([0xc3])];
    const values = ['ae', umlaut, latin1, umlaut, 'ae', '\0', '\u007f'];
    const records = values.map((value) => withHeaders(['a', 'x'], ['b', value]));
    expect(headersOf(records).map((each) => each['b'])).toEqual(values);
  });

  it('takes no name for another of which the bytes read as the same text', () => {
    const invalid = Buffer.from([0x12, 0, 0, 0, 1, 1, 2, 2, 0xe4, 0]);
    expect(headersOf([withHeaders(['ä', '1']), invalid]).map((each) => Object.keys(each))).toEqual([['ä'], ['\ufffd']]);
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
