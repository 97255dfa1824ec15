import kafkajs from 'kafkajs';
import lz4 from 'lz4-napi';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Beyond this, data travel as they are, so that what a fetch can inflate to is bounded. */
const SHRINK_MAX = 16;
/** Below this, handing the work to another thread costs more than doing it. */
const IN_THREAD_BYTES_MAX = 64 * 1024;

/**
 * An LZ4 frame of stored blocks: the header (magic number, version 1 with independent blocks, blocks up to 4 MiB, the
 * header's checksum), then blocks whose size has its top bit set, then an end mark. Source: LZ4 frame format 1.6.1.
 */
const STORED_HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
const STORED_BLOCK_BYTES_MAX = 4 * 1024 * 1024;
const STORED_FLAG = 0x80000000;

export function storedFrame(data: Buffer): Buffer {
  const parts: Buffer[] = [STORED_HEADER];
  for (let at = 0; at < data.length; at += STORED_BLOCK_BYTES_MAX) {
    const block = data.subarray(at, at + STORED_BLOCK_BYTES_MAX);
    parts.push(uint32(STORED_FLAG + block.length), block);
  }
  parts.push(uint32(0));
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Compresses one record batch; what would shrink more than 16-fold, or not at all, is stored. */
export async function compressBatch(data: Buffer): Promise<Buffer> {
  const compressed = data.length <= IN_THREAD_BYTES_MAX ? lz4.compressFrameSync(data) : await lz4.compressFrame(data);
  const worthIt = compressed.length < data.length && compressed.length * SHRINK_MAX >= data.length;
  return worthIt ? compressed : storedFrame(data);
}

export const decompressBatch = async (data: Buffer): Promise<Buffer> =>
  data.length <= IN_THREAD_BYTES_MAX ? lz4.decompressFrameSync(data) : lz4.decompressFrame(data);

/** kafkajs knows LZ4 by name only, and crashes a consumer that meets it without this. */
export function registerLz4(): void {
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => compressBatch(buffer),
    decompress: decompressBatch,
  });
}
