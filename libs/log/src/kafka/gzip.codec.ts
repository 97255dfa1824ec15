import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { inflatedBytesMax, inflatesTooMuch } from './inflation.js';

const inflate = promisify(gunzip);

/** Not written by Logbook, but by other programs, perhaps. Rejects for a batch that would become too large. */
export async function gunzipBatch(data: Buffer): Promise<Buffer> {
  try {
    return await inflate(data, { maxOutputLength: inflatedBytesMax(data.length) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw inflatesTooMuch(data.length);
    throw error;
  }
}
