import fc from 'fast-check';
import type { RawHeaders, RawMessage } from '@logbook/contracts';
import { KEY_AND_HEADERS_BYTES_LIMIT, measureMessages } from '../message-limits.js';
import { encodeRecordBatch } from './record-batch-encoder.js';

const identity = { producerId: 7n, producerEpoch: 0, firstSequence: 3, timeMs: 1_764_000_000_000 };
const bytesOf = (messages: readonly RawMessage[]): number =>
  measureMessages('events', messages, 1024 * 1024).reduce((sum, each) => sum + each, 0);
const raw = (value: string, headers: RawHeaders = {}): RawMessage => ({
  key: Buffer.from('k'),
  headers,
  value: Buffer.from(value),
});

describe('the encoder of record batches', () => {
  // Written by kafkajs 2.2.4 for the same batch, with its compression off.
  it('writes the bytes that another encoder writes', async () => {
    const messages = [raw('one', { ce_id: '1', n: Buffer.from('ä') }), raw('two')];
    const batch = await encodeRecordBatch(messages, { ...identity, bytesMax: bytesOf(messages) });
    expect(batch.toString('hex')).toBe(
      '0000000000000000000000540000000002e998d64d0000000000010000019ab697e8000000019ab697e8000000000000000007000000000003000000022e000000026b066f6e65040a63655f69640231026e04c3a414000002026b0674776f00',
    );
  });

  it('never needs more than messages are measured to take', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.uint8Array({ maxLength: 200 }));
    const bytes = text.map((each) => Buffer.from(each as string));
    const message: fc.Arbitrary<RawMessage> = fc.record({
      key: fc.option(bytes),
      headers: fc.dictionary(fc.string({ maxLength: 100 }), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 }))),
      value: fc.option(bytes),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
        const batch = await encodeRecordBatch(messages, { ...identity, bytesMax: bytesOf(messages) });
        expect(batch.readInt32BE(57)).toBe(messages.length);
      }),
    );
  });

  it('fits the most headers that a message may have, all empty', async () => {
    const count = Math.floor((KEY_AND_HEADERS_BYTES_LIMIT - bytesOf([raw('')])) / 6);
    const messages = [raw('', { '': Array.from({ length: count }, () => Buffer.alloc(0)) })];
    const batch = encodeRecordBatch(messages, { ...identity, bytesMax: bytesOf(messages) });
    await expect(batch).resolves.toBeInstanceOf(Buffer);
  });

  it('refuses to send what was cut off because its room was too small', async () => {
    const messages = [raw(''), { key: null, headers: {}, value: null }];
    await expect(encodeRecordBatch(messages, { ...identity, bytesMax: 12 })).rejects.toThrow(
      /were written into 12 bytes/,
    );
  });

  it.each([
    ['shrinks', 'letters and numbers 0123456789 '.repeat(3) + 'and again letters and numbers', 3],
    ['shrinks more than 16-fold', 'a'.repeat(100_000), 0],
    ['does not shrink', 'short', 0],
  ])('compresses what %s only where it should', async (_, value, codec) => {
    const messages = [raw(value)];
    const batch = await encodeRecordBatch(messages, { ...identity, bytesMax: bytesOf(messages) });
    expect(batch.readInt16BE(21)).toBe(codec);
  });
});
