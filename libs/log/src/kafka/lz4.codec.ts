import lz4 from 'lz4-napi';
import { inflatedBytesMax, inflatesTooMuch } from './inflation.js';
import { lz4Frame, lz4FrameSync } from './lz4-frame.js';
import { lz4InflatedBytes, soleLz4Block } from './lz4-size.js';

/** Beyond this, data travel as they are, so that what a fetch can inflate to is bounded. */
const SHRINK_MAX = 16;
/** Up to this, handing the work to another thread costs more than doing it. */
export const IN_THREAD_BYTES_MAX = 64 * 1024;

/**
 * The records of a batch as an LZ4 frame; `undefined` where they would shrink more than 16-fold, or not at all. A promise
 * beyond `IN_THREAD_BYTES_MAX`: whoever gets none may use the bytes of `records` for others.
 */
export function compressBatch(records: Buffer): Buffer | undefined | Promise<Buffer | undefined> {
  if (records.length <= IN_THREAD_BYTES_MAX) return ifWorthIt(lz4FrameSync(records), records);
  return lz4Frame(records).then((frame) => ifWorthIt(frame, records));
}

const ifWorthIt = (frame: Buffer, records: Buffer): Buffer | undefined =>
  frame.length < records.length && frame.length * SHRINK_MAX >= records.length ? frame : undefined;

/** Rejects, before anything is inflated, for a batch that would become too large. */
export async function decompressBatch(data: Buffer): Promise<Buffer> {
  const bytesMax = inflatedBytesMax(data.length);
  const bytes = lz4InflatedBytes(data, bytesMax);
  if (bytes > bytesMax) throw inflatesTooMuch(data.length);
  const inThread = data.length <= IN_THREAD_BYTES_MAX;
  const block = soleLz4Block(data);
  if (block === undefined) return inThread ? lz4.decompressFrameSync(data) : lz4.decompressFrame(data);
  const sized = behindSize(block, bytes);
  return inThread ? lz4.uncompressSync(sized) : lz4.uncompress(sized);
}

/** A block whose size is known is inflated three times as fast as a frame, for which the library prepares room of its own. */
function behindSize(block: Buffer, bytes: number): Buffer {
  const sized = Buffer.allocUnsafe(4 + block.length);
  sized.writeUInt32LE(bytes, 0);
  block.copy(sized, 4);
  return sized;
}
