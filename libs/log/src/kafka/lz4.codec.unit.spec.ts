import { randomBytes } from 'node:crypto';
import { compressBatch, decompressBatch, storedFrame } from './lz4.codec.js';

/** Compresses, but less than 16-fold. */
const text = Buffer.from(
  Array.from({ length: 3_000 }, (_, index) => `{"event":"llm","token_${index % 97}":${index * 31}}`).join(),
);

describe('the LZ4 codec', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', text],
    ['noise', randomBytes(100_000)],
    ['more than a block of zeros', Buffer.alloc(9 * 1024 * 1024)],
  ])('gives back %s', async (_, data) => {
    expect((await decompressBatch(await compressBatch(data))).equals(data)).toBe(true);
  });

  it('makes text smaller', async () => {
    expect((await compressBatch(text)).length).toBeLessThan(text.length / 2);
  });

  it('never lets a batch inflate more than 16-fold', async () => {
    const zeros = Buffer.alloc(1024 * 1024);
    expect((await compressBatch(zeros)).length).toBeGreaterThanOrEqual(zeros.length / 16);
  });

  it('makes nothing larger than by its framing', async () => {
    expect((await compressBatch(randomBytes(9 * 1024 * 1024))).length).toBeLessThanOrEqual(9 * 1024 * 1024 + 64);
  });

  it('stores data in frames that any LZ4 decoder reads', async () => {
    expect((await decompressBatch(storedFrame(Buffer.from('stored')))).toString()).toBe('stored');
  });
});
