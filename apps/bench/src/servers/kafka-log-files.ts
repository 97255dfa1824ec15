import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import lz4 from 'lz4-napi';

/** How large each file of records is, by its path. */
export type LogFileSizes = ReadonlyMap<string, number>;

/** Of every topic of clients; what Kafka keeps for itself is left out. */
export function logFileSizes(folder: string): LogFileSizes {
  return new Map(
    readdirSync(folder)
      .filter((partition) => /-\d+$/.test(partition) && !partition.startsWith('__'))
      .flatMap((partition) => readdirSync(join(folder, partition)).map((name) => join(folder, partition, name)))
      .filter((file) => file.endsWith('.log'))
      .map((file) => [file, statSync(file).size]),
  );
}

/** What came to a log in between: its bytes, and how many times more they were before they were compressed. */
export interface LogGrowth {
  readonly bytes: number;
  /** Of a part of it, headers of batches included; 1: nothing was compressed. */
  readonly shrink: number;
}

export function logGrowth(before: LogFileSizes, now: LogFileSizes): LogGrowth {
  const parts = [...now].map(([file, size]) => ({ file, from: before.get(file) ?? 0, size }));
  const sampled = parts.map(({ file, from, size }) => measureBatches(readPart(file, from, size)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    bytes: sum(parts.map(({ from, size }) => size - from)),
    shrink: sum(sampled.map(({ inflated }) => inflated)) / sum(sampled.map(({ stored }) => stored)),
  };
}

/** Enough batches of a partition to know how they shrink. */
const PART_BYTES_MAX = 1024 * 1024;

function readPart(file: string, from: number, size: number): Buffer {
  const part = Buffer.alloc(Math.min(size - from, PART_BYTES_MAX));
  const descriptor = openSync(file, 'r');
  try {
    return part.subarray(0, readSync(descriptor, part, 0, part.length, from));
  } finally {
    closeSync(descriptor);
  }
}

/** Source: Kafka's documentation, "Record Batch": offset 8 bytes, length 4; attributes at 21, records at 61. */
const LENGTH_AT = 8;
const COUNTED_FROM = 12;
const ATTRIBUTES_AT = 21;
const RECORDS_AT = 61;
const CODEC_BITS = 0x07;
const LZ4 = 3;

/** Bytes of the whole batches at the beginning of a part: as stored, and with their records inflated. */
export function measureBatches(part: Buffer): { readonly stored: number; readonly inflated: number } {
  let stored = 0;
  let inflated = 0;
  while (stored + RECORDS_AT <= part.length) {
    const bytes = COUNTED_FROM + part.readInt32BE(stored + LENGTH_AT);
    if (stored + bytes > part.length) break;
    const codec = part.readInt16BE(stored + ATTRIBUTES_AT) & CODEC_BITS;
    const records = part.subarray(stored + RECORDS_AT, stored + bytes);
    inflated += codec === LZ4 ? RECORDS_AT + lz4.decompressFrameSync(records).length : bytes;
    stored += bytes;
  }
  return { stored, inflated };
}
