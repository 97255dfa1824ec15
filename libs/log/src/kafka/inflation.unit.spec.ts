import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import lz4 from 'lz4-napi';
import { LogMismatchError } from '@logbook/core';
import { gunzipBatch } from './gzip.codec.js';
import { inflatedBytesMax } from './inflation.js';
import { decompressBatch } from './lz4.codec.js';

const CODECS = [
  { name: 'LZ4', inflate: decompressBatch, squeeze: (data: Buffer) => lz4.compressFrameSync(data) },
  { name: 'gzip', inflate: gunzipBatch, squeeze: (data: Buffer) => gzipSync(data) },
];

/** Noise first: data that a codec squeezes `times`-fold, or a little less or more. */
function squeezable(squeeze: (data: Buffer) => Buffer, over: boolean): { data: Buffer; squeezed: Buffer } {
  const noise = randomBytes(20_000);
  const of = (zeros: number) => {
    const data = Buffer.concat([noise, Buffer.alloc(zeros)]);
    const squeezed = squeeze(data);
    return { data, squeezed, isOver: data.length > inflatedBytesMax(squeezed.length) };
  };
  // The last number of zeros that is not over the bound lies between these.
  let [inside, outside] = [0, 2 * 1024 * 1024];
  while (outside - inside > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (of(middle).isOver) outside = middle;
    else inside = middle;
  }
  return of(over ? outside : inside);
}

describe.each(CODECS)('what a batch in $name may inflate to', ({ inflate, squeeze }) => {
  it('is taken just inside the bound', async () => {
    const { data, squeezed } = squeezable(squeeze, false);
    expect((await inflate(squeezed)).equals(data)).toBe(true);
  });

  it('is refused just outside it, for good', async () => {
    const { squeezed } = squeezable(squeeze, true);
    const refusal = inflate(squeezed);
    await expect(refusal).rejects.toThrow(LogMismatchError);
    await expect(refusal).rejects.toMatchObject({ retriable: false });
  });

  it('is free for a short one', async () => {
    const data = Buffer.alloc(4 * 1024);
    expect((await inflate(squeeze(data))).equals(data)).toBe(true);
    await expect(inflate(squeeze(Buffer.alloc(4 * 1024 + 1)))).rejects.toThrow(LogMismatchError);
  });
});
