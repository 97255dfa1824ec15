import lz4 from 'lz4-napi';
import { inflatedBytesMax, inflatesTooMuch } from './inflation.js';
import { lz4InflatedBytes } from './lz4-size.js';

/** Beyond this, data travel as they are, so that what a fetch can inflate to is bounded. */
const SHRINK_MAX = 16;
/** Below this, handing the work to another thread costs more than doing it. */
const IN_THREAD_BYTES_MAX = 64 * 1024;

/** The records of a batch as an LZ4 frame; `undefined` where they would shrink more than 16-fold, or not at all. */
export async function compressBatch(records: Buffer): Promise<Buffer | undefined> {
  const frame =
    records.length <= IN_THREAD_BYTES_MAX ? lz4.compressFrameSync(records) : await lz4.compressFrame(records);
  const worthIt = frame.length < records.length && frame.length * SHRINK_MAX >= records.length;
  return worthIt ? frame : undefined;
}

/** Rejects, before anything is inflated, for a batch that would become too large. */
export async function decompressBatch(data: Buffer): Promise<Buffer> {
  const bytesMax = inflatedBytesMax(data.length);
  if (lz4InflatedBytes(data, bytesMax) > bytesMax) throw inflatesTooMuch(data.length);
  return data.length <= IN_THREAD_BYTES_MAX ? lz4.decompressFrameSync(data) : lz4.decompressFrame(data);
}
