import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import lz4 from 'lz4-napi';
import { logFileSizes, logGrowth, measureBatches } from './kafka-log-files.js';

const RECORDS = Buffer.from('the same again '.repeat(100));

function batch(records: Buffer, codec: number): Buffer {
  const head = Buffer.alloc(61);
  head.writeInt32BE(head.length + records.length - 12, 8);
  head.writeInt16BE(codec, 21);
  return Buffer.concat([head, records]);
}
const plain = batch(RECORDS, 0);
const compressed = batch(lz4.compressFrameSync(RECORDS), 3);

describe('measureBatches', () => {
  it('counts a batch that is not compressed as it is, and another with its records inflated', () => {
    expect(measureBatches(plain)).toEqual({ stored: plain.length, inflated: plain.length });
    expect(measureBatches(Buffer.concat([compressed, plain]))).toEqual({
      stored: compressed.length + plain.length,
      inflated: 2 * plain.length,
    });
  });

  it('leaves out a batch that is not there to its end', () => {
    const whole = { stored: plain.length, inflated: plain.length };
    expect(measureBatches(Buffer.concat([plain, compressed.subarray(0, compressed.length - 1)]))).toEqual(whole);
    expect(measureBatches(Buffer.concat([plain, compressed.subarray(0, 60)]))).toEqual(whole);
  });
});

describe('logGrowth', () => {
  it('tells what came to the topics since, without what Kafka keeps for itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'logbook-bench-test-'));
    const write = (partition: string, content: Buffer): void => {
      mkdirSync(join(folder, partition), { recursive: true });
      writeFileSync(join(folder, partition, '00000000000000000000.log'), content);
    };
    try {
      write('logbook.events-0', plain);
      const before = logFileSizes(folder);
      write('logbook.events-0', Buffer.concat([plain, compressed]));
      write('logbook.events-1', compressed);
      write('__consumer_offsets-0', plain);
      expect(logGrowth(before, logFileSizes(folder))).toEqual({
        bytes: 2 * compressed.length,
        shrink: plain.length / compressed.length,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
