import { gzipSync } from 'node:zlib';
import { LogMismatchError } from '@logbook/core';
import type { FetchedPartition } from './fetch-request.js';
import { compressBatch } from './lz4.codec.js';
import { readRecords } from './record-batch-decoder.js';

const PLACE = { topic: 'events', partition: 2 } as const;
const COMMIT = Buffer.from([0, 0, 0, 1]);
const ABORT = Buffer.from([0, 0, 0, 0]);

interface BatchOf {
  readonly base: number;
  readonly keys?: readonly (string | Buffer)[];
  /** Behind the last key, what compaction has removed. */
  readonly removed?: number;
  readonly attributes?: number;
  readonly producerId?: number;
  readonly format?: number;
  readonly body?: (records: Buffer) => Buffer;
}

/** Offsets, length and fields as Kafka's documentation places them, "Record Batch". */
function batch({
  base,
  keys = ['a'],
  removed = 0,
  attributes = 0,
  producerId = -1,
  format = 2,
  body,
}: BatchOf): Buffer {
  const records = Buffer.concat(
    keys.map((key, delta) => {
      const bytes = Buffer.from(key);
      const rest = Buffer.concat([Buffer.from([0, 0, 2 * delta, 2 * bytes.length]), bytes, Buffer.from([1, 0])]);
      return Buffer.concat([Buffer.from([2 * rest.length]), rest]);
    }),
  );
  const written = body?.(records) ?? records;
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(BigInt(base), 0);
  head.writeInt32BE(head.length + written.length - 12, 8);
  head[16] = format;
  head.writeInt16BE(attributes, 21);
  head.writeInt32BE(keys.length - 1 + removed, 23);
  head.writeBigInt64BE(BigInt(producerId), 43);
  head.writeInt32BE(keys.length, 57);
  return Buffer.concat([head, written]);
}

const fetched = (records: Buffer, aborted: FetchedPartition['aborted'] = []): FetchedPartition => ({
  partition: PLACE.partition,
  errorCode: 0,
  highWatermark: 100,
  aborted,
  records,
});
const read = async (at: number, records: Buffer, aborted?: FetchedPartition['aborted']) => {
  const { next, messages } = await readRecords(PLACE, at, fetched(records, aborted));
  return { next, messages: messages.map(({ offset, key }) => `${offset} ${key?.toString() ?? ''}`) };
};

describe('the record batches of a fetch', () => {
  it('are read from the offset that was asked for, which may lie inside a batch', async () => {
    const records = Buffer.concat([batch({ base: 4, keys: ['a', 'b'] }), batch({ base: 6, keys: ['c', 'd', 'e'] })]);
    await expect(read(7, records)).resolves.toEqual({ next: 9, messages: ['7 d', '8 e'] });
    await expect(read(6, records)).resolves.toEqual({ next: 9, messages: ['6 c', '7 d', '8 e'] });
    await expect(read(9, records)).resolves.toEqual({ next: 9, messages: [] });
  });

  it('end before one that is cut off', async () => {
    const [whole, cut] = [batch({ base: 0 }), batch({ base: 1 })];
    for (const length of [0, 1, 60, 61, cut.length - 1]) {
      const records = Buffer.concat([whole, cut.subarray(0, length)]);
      await expect(read(0, records)).resolves.toEqual({ next: 1, messages: ['0 a'] });
    }
  });

  it.each([[-1], [0], [48]])('are refused where one says that it has %d bytes, less than its head', async (length) => {
    const records = batch({ base: 0 });
    records.writeInt32BE(length, 8);
    await expect(read(0, records)).rejects.toThrow(/events\[2\] holds a record batch without a head/);
  });

  it('reach past what compaction has removed', async () => {
    await expect(read(0, batch({ base: 0, removed: 3 }))).resolves.toEqual({ next: 4, messages: ['0 a'] });
  });

  it('are read as they are, from gzip and from LZ4', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `${index % 10}`.repeat(20));
    const messages = keys.map((key, index) => `${index} ${key}`);
    const bodies: Buffer[] = [];
    batch({ base: 0, keys, body: (records) => (bodies.push(records), records) });
    const lz4 = (await compressBatch(bodies[0] as Buffer)) as Buffer;
    await expect(read(0, batch({ base: 0, keys, attributes: 0 }))).resolves.toEqual({ next: 50, messages });
    await expect(read(0, batch({ base: 0, keys, attributes: 1, body: gzipSync }))).resolves.toEqual({
      next: 50,
      messages,
    });
    await expect(read(0, batch({ base: 0, keys, attributes: 3, body: () => lz4 }))).resolves.toEqual({
      next: 50,
      messages,
    });
  });

  it('leave out markers and the messages of aborted transactions, and of no others', async () => {
    const transactional = 0x10;
    const control = 0x30;
    const records = Buffer.concat([
      batch({ base: 0, keys: ['kept'], attributes: transactional, producerId: 1 }),
      batch({ base: 1, keys: ['dropped'], attributes: transactional, producerId: 2 }),
      batch({ base: 2, keys: [COMMIT], attributes: control, producerId: 1 }),
      batch({ base: 3, keys: ['plain'], producerId: 2 }),
      batch({ base: 4, keys: ['dropped'], attributes: transactional, producerId: 2 }),
      batch({ base: 5, keys: [ABORT], attributes: control, producerId: 2 }),
      batch({ base: 6, keys: ['kept'], attributes: transactional, producerId: 2 }),
    ]);
    const aborted = [{ producerId: 2n, firstOffset: 1 }];
    await expect(read(0, records, aborted)).resolves.toEqual({ next: 7, messages: ['0 kept', '3 plain', '6 kept'] });
  });

  it.each([
    ['another format', { format: 1 }, /its format is 1, not 2/],
    ['snappy', { attributes: 2 }, /with snappy; Logbook reads lz4, gzip and none/],
    ['zstd', { attributes: 4 }, /with zstd/],
    ['a codec without a name', { attributes: 7 }, /with codec 7/],
    ['a broken frame', { attributes: 1 }, /cannot be read/],
    ['a broken record', { body: (records: Buffer) => records.subarray(0, 3) }, /cut off/],
  ])('are refused with their place where one is of %s', async (_what, what, reason) => {
    const reading = read(0, batch({ base: 8, ...what }));
    await expect(reading).rejects.toThrow(LogMismatchError);
    await expect(reading).rejects.toThrow(/the record batch at events\[2\] offset 8 cannot be read/);
    await expect(reading).rejects.toThrow(reason);
  });

  it('are refused where one would inflate past the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024));
    await expect(read(0, batch({ base: 0, attributes: 1, body: () => bomb }))).rejects.toThrow(/cannot be read/);
  });
});
