import { randomBytes } from 'node:crypto';
import type { RawHeaders, RawMessage } from '@logbook/contracts';
import { encodeRecordBatch } from './record-batch-encoder.js';
import { encodeRecord } from './record-writer.js';

const identity = { producerId: 7n, producerEpoch: 0, firstSequence: 3, timeMs: 1_764_000_000_000 };
const raw = (value: string, headers: RawHeaders = {}): RawMessage => ({
  key: Buffer.from('k'),
  headers,
  value: Buffer.from(value),
});
const batchOf = (messages: readonly RawMessage[]): Promise<Buffer> =>
  encodeRecordBatch(messages.map(encodeRecord), identity);

const hexOf = (bytes: Buffer): string => bytes.toString('hex');

describe('the encoder of record batches', () => {
  // Written by kafkajs 2.2.4 for the same batch, with its compression off.
  it('writes the bytes that another encoder writes', async () => {
    const batch = await batchOf([raw('one', { ce_id: '1', n: Buffer.from('ä') }), raw('two')]);
    expect(batch.toString('hex')).toBe(
      '0000000000000000000000540000000002e998d64d0000000000010000019ab697e8000000019ab697e8000000000000000007000000000003000000022e000000026b066f6e65040a63655f69640231026e04c3a414000002026b0674776f00',
    );
  });

  it.each([
    ['a few bytes', 50],
    ['what one room holds', 30_000],
    ['more than that', 100_000],
  ])('keeps batches of %s apart that are encoded at the same time', async (_, bytes) => {
    const messages = Array.from({ length: 6 }, (__, index) => [
      raw(String(index)),
      { ...raw(''), value: randomBytes(bytes) },
    ]);
    const together = await Promise.all(messages.map(batchOf));
    const alone: Buffer[] = [];
    for (const each of messages) alone.push(await batchOf(each));
    expect(together.map(hexOf)).toEqual(alone.map(hexOf));
  });

  it.each([
    ['shrinks', 'letters and numbers 0123456789 '.repeat(3) + 'and again letters and numbers', 3],
    ['shrinks more than 16-fold', 'a'.repeat(100_000), 0],
    ['does not shrink', 'short', 0],
  ])('compresses what %s only where it should', async (_, value, codec) => {
    const batch = await batchOf([raw(value)]);
    expect(batch.readInt16BE(21)).toBe(codec);
  });
});
