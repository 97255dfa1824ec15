import fc from 'fast-check';
import type { RawHeaders, RawMessage } from '@logbook/contracts';
import { MessageTooLargeError } from '@logbook/core';
import { KEY_AND_HEADERS_BYTES_LIMIT, keyAndHeadersBytes, measureMessages } from '../message-limits.js';
import { encodeRecords } from './encode-records.js';
import { readRecords } from './record-batch-decoder.js';
import { encodeRecordBatch } from './record-batch-encoder.js';

const VALUE_BYTES_MAX = 100_000;
const raw = (headers: RawHeaders, value: Buffer | null = null): RawMessage => ({ key: null, headers, value });
const encode = (messages: readonly RawMessage[]): Buffer[] => encodeRecords('events', messages, VALUE_BYTES_MAX);

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 200 }));
const bytes = text.map((each) => Buffer.from(each as string));
const anyMessage: fc.Arbitrary<RawMessage> = fc.record({
  key: fc.option(bytes),
  headers: fc.dictionary(fc.string({ maxLength: 100 }), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }))),
  value: fc.option(bytes),
});

const identity = { producerId: 7n, producerEpoch: 0, firstSequence: 3, timeMs: 1_764_000_000_000 };

/** What whoever reads the batch gets of it. */
async function readBack(messages: readonly RawMessage[]): Promise<RawMessage[]> {
  const records = await encodeRecordBatch(encode(messages), identity);
  const fetched = { partition: 0, errorCode: 0, highWatermark: messages.length, aborted: [], records };
  const { messages: read } = await readRecords({ topic: 'events', partition: 0 }, 0, fetched);
  return read.map(({ key, headers, value }) => ({ key, headers, value }));
}

/** Texts and bytes alike, and a header that is there once as it is read: not as a list. */
const asRead = ({ key, headers, value }: RawMessage): RawMessage => ({
  key,
  value,
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) => {
      const all = [values ?? []].flat().map((each) => Buffer.from(each));
      return all.length === 0 ? [] : [[name, all.length === 1 ? all[0] : all]];
    }),
  ),
});

describe('encodeRecords', () => {
  it('gives back every message that it takes, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyMessage, { minLength: 1, maxLength: 20 }), async (messages) => {
        expect((await readBack(messages)).map(asRead)).toEqual(messages.map(asRead));
      }),
    );
  });

  it('writes texts and bytes alike, short and long, and others than ASCII', async () => {
    const names = ['ä', '\u{1f600}', 'x'.repeat(63), 'x'.repeat(64), `${'x'.repeat(62)}ä`, 'y'.repeat(5_000)];
    for (const name of names) {
      const asText: RawMessage = { ...raw({ [name]: name }), key: Buffer.from(name) };
      const [message] = await readBack([asText]);
      expect(asRead(message as RawMessage)).toEqual(asRead({ ...asText, headers: { [name]: Buffer.from(name) } }));
    }
  });

  it.each([0, 1, 63, 64, 7_000])('counts %i headers', async (count) => {
    const values = Array.from({ length: count }, (_, index) => Buffer.of(index & 0xff));
    const [message] = await readBack([raw({ n: values }, Buffer.from('value'))]);
    expect(asRead(message as RawMessage)).toEqual(asRead(raw({ n: values }, Buffer.from('value'))));
  });

  it('has room for a value of any size, and behind it for the next', async () => {
    const values = [70_000, 60_000, VALUE_BYTES_MAX, 10, 65_536].map((size) => Buffer.alloc(size, 'value '));
    const long = 'after '.repeat(2_000);
    const read = await readBack(values.map((value) => raw({ n: long }, value)));
    expect(read.map(({ value }) => value)).toEqual(values);
    expect(read.map(({ headers }) => String(headers['n']))).toEqual(values.map(() => long));
  });

  it('takes a value at the limit and refuses one byte more', () => {
    expect(encode([raw({}, Buffer.alloc(VALUE_BYTES_MAX))])).toHaveLength(1);
    expect(() => encode([raw({}), raw({}, Buffer.alloc(VALUE_BYTES_MAX + 1))])).toThrow(
      new MessageTooLargeError('message 2 of 2 for events has a value of 100001 bytes; the limit is 100000'),
    );
  });

  it.each([
    ['one long header', (room: number): RawHeaders => ({ n: 'x'.repeat(room - 7) })],
    [
      'one of three-byte letters',
      (room: number): RawHeaders => ({ n: `${'€'.repeat((room - 8) / 3)}${'x'.repeat((room - 7) % 3 || 1)}` }),
    ],
    ['empty ones', (room: number): RawHeaders => ({ '': Array.from({ length: room / 6 }, () => Buffer.alloc(0)) })],
  ])('takes %s up to the limit of key and headers, and nothing over it', (_, headersOf) => {
    const framing = keyAndHeadersBytes(raw({}));
    const within = raw(headersOf(KEY_AND_HEADERS_BYTES_LIMIT - framing));
    expect(keyAndHeadersBytes(within)).toBeGreaterThan(KEY_AND_HEADERS_BYTES_LIMIT - 6);
    expect(encode([within])).toHaveLength(1);
    const over = { ...within, key: Buffer.alloc(6) };
    expect(() => encode([over])).toThrow(/bytes of key and headers; the limit is/);
    expect(() => measureMessages('events', [over], VALUE_BYTES_MAX)).toThrow(/bytes of key and headers; the limit is/);
  });
});
