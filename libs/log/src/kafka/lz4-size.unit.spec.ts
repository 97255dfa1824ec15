import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import lz4 from 'lz4-napi';
import { lz4InflatedBytes, soleLz4Block } from './lz4-size.js';

const sizeOf = (frame: Buffer): number => lz4InflatedBytes(frame, Number.MAX_SAFE_INTEGER);

describe('the size an LZ4 frame inflates to', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('a')],
    ['zeros of several blocks', Buffer.alloc(9 * 1024 * 1024 + 1)],
    ['noise', randomBytes(300_000)],
    ['noise and zeros', Buffer.concat([randomBytes(70_000), Buffer.alloc(70_000), randomBytes(16)])],
  ])('is told exactly, with and without checksums: %s', (_, data) => {
    expect(sizeOf(lz4.compressFrameSync(data))).toBe(data.length);
    expect(sizeOf(lz4.compressFrameSync(data, { contentChecksum: true, blockChecksums: true }))).toBe(data.length);
  });

  it('is told exactly of whatever repeats itself', () => {
    const pieces = fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(300)), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (given) => {
        const data = Buffer.concat(given.flatMap(([piece, times]) => Array<Uint8Array>(times).fill(piece)));
        expect(sizeOf(lz4.compressFrameSync(data))).toBe(data.length);
      }),
    );
  });

  it('is not looked for past the bound', () => {
    const frame = lz4.compressFrameSync(Buffer.alloc(64 * 1024 * 1024));
    const found = lz4InflatedBytes(frame, 1_000);
    expect(found).toBeGreaterThan(1_000);
    expect(found).toBeLessThan(8 * 1024 * 1024);
  });

  it.each([
    ['what is no frame', Buffer.from('no frame at all')],
    ['a frame cut short', lz4.compressFrameSync(Buffer.alloc(1_000)).subarray(0, 20)],
    [
      'a frame that another follows',
      Buffer.concat([lz4.compressFrameSync(Buffer.from('a')), lz4.compressFrameSync(Buffer.from('b'))]),
    ],
  ])('is refused for %s', (_, data) => {
    expect(() => sizeOf(data)).toThrow();
  });
});

describe('the sole block of an LZ4 frame', () => {
  const text = Buffer.from('what is said again and again '.repeat(20));

  it('is all that a frame of this release holds', () => {
    const block = soleLz4Block(lz4.compressFrameSync(text)) as Buffer;
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    expect(lz4.uncompressSync(Buffer.concat([size, block])).equals(text)).toBe(true);
  });

  it.each([0x40, 0x61, 0x64, 0x68, 0x70])('is not looked for in a frame of other flags: %d', (flags) => {
    const frame = lz4.compressFrameSync(text);
    frame[4] = flags;
    expect(soleLz4Block(frame)).toBeUndefined();
  });

  it.each([
    ['has several', lz4.compressFrameSync(Buffer.concat([text, randomBytes(5 * 1024 * 1024)]))],
    ['stores it as it is', lz4.compressFrameSync(randomBytes(100))],
    ['has none', lz4.compressFrameSync(Buffer.alloc(0))],
  ])('is not found in a frame that %s', (_, frame) => {
    expect(soleLz4Block(frame)).toBeUndefined();
  });
});
