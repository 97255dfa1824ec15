const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_DICTIONARY = 0x01;
/** Flags of a frame without sizes, checksums, a dictionary, or blocks that refer to one another. */
const PLAIN = 0x60;
/** Magic number, flags, the most that a block holds, checksum of these. */
const SHORT_HEAD_BYTES = 7;
const STORED = 0x80000000;
const MATCH_BYTES_MIN = 4;
/** A length of this in a token goes on in the bytes that follow. */
const LONG = 15;

/**
 * How many bytes an LZ4 frame inflates to, found by walking its sequences without inflating anything: frames need not say,
 * and what they say need not be true. Stops once it is past `bytesMax`; throws where the data are not one whole frame.
 * Source: LZ4 frame format 1.6.1 and block format.
 */
export function lz4InflatedBytes(frame: Buffer, bytesMax: number): number {
  if (frame.length < SHORT_HEAD_BYTES || frame.readUInt32LE(0) !== MAGIC) throw new Error('this is no LZ4 frame');
  const flags = frame.readUInt8(4);
  const checksumBytes = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  let at = SHORT_HEAD_BYTES + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
  let bytes = 0;
  for (;;) {
    const size = frame.readUInt32LE(at);
    at += 4;
    if (size === 0) break;
    const length = size & ~STORED;
    bytes += size >= STORED ? length : blockBytes(frame.subarray(at, at + length), bytesMax - bytes);
    if (bytes > bytesMax) return bytes;
    at += length + checksumBytes;
  }
  at += (flags & HAS_CONTENT_CHECKSUM) === 0 ? 0 : 4;
  if (at !== frame.length) throw new Error('the LZ4 frame is not the whole batch');
  return bytes;
}

/**
 * The one block of a frame that holds nothing else: as gateways write them, up to 4 MiB. `undefined` for any other frame.
 */
export function soleLz4Block(frame: Buffer): Buffer | undefined {
  const begin = SHORT_HEAD_BYTES + 4;
  if (frame.readUInt8(4) !== PLAIN) return undefined;
  const size = frame.readUInt32LE(SHORT_HEAD_BYTES);
  const isSole = size < STORED && begin + size + 4 === frame.length;
  return isSole ? frame.subarray(begin, begin + size) : undefined;
}

/** Read past the end, a byte counts as 0: what a broken block says is of no use, and inflating it tells. */
function blockBytes(block: Buffer, bytesMax: number): number {
  const end = block.length;
  let bytes = 0;
  let at = 0;
  while (at < end && bytes <= bytesMax) {
    const token = block[at] as number;
    at += 1;
    let literals = token >> 4;
    if (literals === LONG) {
      let more = 255;
      while (more === 255) {
        more = block[at] ?? 0;
        at += 1;
        literals += more;
      }
    }
    at += literals;
    bytes += literals;
    // The last sequence is literals alone.
    if (at >= end) break;
    at += 2;
    bytes += (token & LONG) + MATCH_BYTES_MIN;
    if ((token & LONG) === LONG) {
      let more = 255;
      while (more === 255) {
        more = block[at] ?? 0;
        at += 1;
        bytes += more;
      }
    }
  }
  return bytes;
}
