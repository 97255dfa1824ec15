import { randomBytes } from 'node:crypto';
import { compressBatch, decompressBatch } from './lz4.codec.js';

/** Compresses, but less than 16-fold. */
const text = Buffer.from(
  Array.from({ length: 3_000 }, (_, index) => `{"event":"llm","token_${index % 97}":${index * 31}}`).join(),
);
const KIB = 1024;
/** Shrinks to the noise and a little more. */
const mostlyZeros = (noiseBytes: number): Buffer =>
  Buffer.concat([randomBytes(noiseBytes), Buffer.alloc(64 * KIB - noiseBytes)]);

describe('the LZ4 codec', () => {
  it.each([
    ['in this thread', text.subarray(0, 64 * KIB)],
    ['in another thread', Buffer.concat([text, text])],
  ])('makes text smaller %s, and gives it back', async (_, data) => {
    const frame = await compressBatch(data);
    expect(frame?.length).toBeLessThan(data.length / 2);
    expect((await decompressBatch(frame as Buffer)).equals(data)).toBe(true);
  });

  it('leaves alone what would shrink more than 16-fold, and compresses what shrinks a little less', async () => {
    expect(await compressBatch(mostlyZeros(3 * KIB))).toBeUndefined();
    const frame = await compressBatch(mostlyZeros(4 * KIB));
    expect(frame?.length).toBeGreaterThanOrEqual(4 * KIB);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', randomBytes(100_000)],
    ['zeros', Buffer.alloc(9 * KIB * KIB)],
  ])('leaves alone %s', async (_, data) => {
    expect(await compressBatch(data)).toBeUndefined();
  });
});
