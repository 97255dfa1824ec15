const MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_DICTIONARY = 0x01;
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
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new Error('this is no LZ4 frame');
  const flags = frame.readUInt8(4);
  const checksumBytes = (flags & HAS_BLOCK_CHECKSUMS) === 0 ? 0 : 4;
  let at = 7 + ((flags & HAS_CONTENT_SIZE) === 0 ? 0 : 8) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
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

function blockBytes(block: Buffer, bytesMax: number): number {
  let bytes = 0;
  let at = 0;
  /** What a token says of a length, and the bytes after it where it is long. */
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === LONG) {
      let more = 255;
      while (more === 255) {
        more = block.readUInt8(at);
        at += 1;
        length += more;
      }
    }
    return length;
  };
  while (at < block.length && bytes <= bytesMax) {
    const token = block.readUInt8(at);
    at += 1;
    const literals = lengthOf(token >> 4);
    at += literals;
    bytes += literals;
    // The last sequence is literals alone.
    if (at >= block.length) break;
    at += 2;
    bytes += lengthOf(token & LONG) + MATCH_BYTES_MIN;
  }
  return bytes;
}
