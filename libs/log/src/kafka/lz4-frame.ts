import lz4 from 'lz4-napi';

const MAGIC = 0x184d2204;
/** Version 1, blocks that stand alone, no checksum but the header's, no size of the content. */
const FLAGS = 0x60;
/** Set in the size of a block that is stored as it is. */
const STORED = 0x80000000;
const SIZE_BYTES = 4;

/** The byte that says how large a block may be, and the header's checksum: bits 8 to 15 of XXH32 over the flags and that byte. */
const BLOCK_SIZES = [
  { bytesMax: 64 * 1024, descriptor: 0x40, checksum: 0x82 },
  { bytesMax: 256 * 1024, descriptor: 0x50, checksum: 0xfb },
  { bytesMax: 4 * 1024 * 1024, descriptor: 0x70, checksum: 0x73 },
] as const;
const LARGEST = BLOCK_SIZES[2];

/**
 * An LZ4 frame of `data`, made in this thread. Its blocks are compressed one by one: the compressor of whole frames takes
 * half as long again. Source: LZ4 frame format 1.6.1.
 */
export const lz4FrameSync = (data: Buffer): Buffer =>
  frameOf(
    data.length,
    blocksOf(data).map((block) => ({ block, sized: lz4.compressSync(block) })),
  );

/** The same, made in other threads. */
export async function lz4Frame(data: Buffer): Promise<Buffer> {
  const compressed = blocksOf(data).map(async (block) => ({ block, sized: await lz4.compress(block) }));
  return frameOf(data.length, await Promise.all(compressed));
}

interface Compressed {
  readonly block: Buffer;
  /** The compressed block behind the size of the one it was, which a frame does not hold. */
  readonly sized: Buffer;
}

function blocksOf(data: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += LARGEST.bytesMax) blocks.push(data.subarray(at, at + LARGEST.bytesMax));
  return blocks;
}

function frameOf(bytes: number, blocks: readonly Compressed[]): Buffer {
  const { descriptor, checksum } = BLOCK_SIZES.find(({ bytesMax }) => bytes <= bytesMax) ?? LARGEST;
  const parts: Buffer[] = [Buffer.of(0, 0, 0, 0, FLAGS, descriptor, checksum)];
  parts[0]?.writeUInt32LE(MAGIC);
  for (const { block, sized } of blocks) {
    const compressedBytes = sized.length - SIZE_BYTES;
    const isSmaller = compressedBytes < block.length;
    // The size of what stands in the frame takes the place of the size it was.
    sized.writeUInt32LE(isSmaller ? compressedBytes : (block.length | STORED) >>> 0);
    if (isSmaller) parts.push(sized);
    else parts.push(sized.subarray(0, SIZE_BYTES), block);
  }
  parts.push(Buffer.alloc(SIZE_BYTES));
  return Buffer.concat(parts);
}
