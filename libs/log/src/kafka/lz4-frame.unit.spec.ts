import { randomBytes } from 'node:crypto';
import lz4 from 'lz4-napi';
import { lz4Frame, lz4FrameSync } from './lz4-frame.js';
import { lz4InflatedBytes } from './lz4-size.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const BLOCK_SIZE_AT = 5;
const FIRST_BLOCK_AT = 7;

describe('lz4Frame', () => {
  // What another compressor writes for frames of as many bytes; their headers hold a checksum.
  it.each([
    [64 * KIB, '04224d18604082'],
    [64 * KIB + 1, '04224d186050fb'],
    [256 * KIB, '04224d186050fb'],
    [256 * KIB + 1, '04224d18607073'],
    [9 * MIB, '04224d18607073'],
  ])('begins a frame of %i bytes with the header that fits it', async (bytes, header) => {
    const frame = await lz4Frame(Buffer.alloc(bytes, 'abcdefgh'));
    expect(lz4FrameSync(Buffer.alloc(bytes, 'abcdefgh')).equals(frame)).toBe(true);
    expect(frame.subarray(0, FIRST_BLOCK_AT).toString('hex')).toBe(header);
    expect(lz4.compressFrameSync(Buffer.alloc(bytes))[BLOCK_SIZE_AT]).toBe(frame[BLOCK_SIZE_AT]);
  });

  it.each([0, 1, 64 * KIB, 64 * KIB + 1, 4 * MIB, 4 * MIB + 1])(
    'makes frames of %i bytes that others inflate, and whose size can be told',
    async (bytes) => {
      const word = 'letters and numbers 0123456789 ';
      for (const data of [Buffer.alloc(bytes, word), randomBytes(bytes)]) {
        const frame = await lz4Frame(data);
        expect(lz4.decompressFrameSync(frame).equals(data)).toBe(true);
        expect(lz4InflatedBytes(frame, bytes)).toBe(bytes);
      }
    },
  );

  it('stores what does not shrink as it is', async () => {
    const data = randomBytes(5 * MIB);
    const framing = FIRST_BLOCK_AT + 3 * 4;
    expect((await lz4Frame(data)).length).toBe(data.length + framing);
  });
});
