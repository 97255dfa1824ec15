/**
 * The part of tar (POSIX ustar) that archives use: regular files with short names, one after the other, then two blocks
 * of zeros. Written by hand because reading must be strict: whatever was not written here, padding included, is damage.
 */
const BLOCK_BYTES = 512;
const NAME_BYTES_MAX = 100;
const SIZE_AT = 124;
const SIZE_DIGITS = 11;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const MODE = '0000600\0';

export interface TarEntry {
  readonly name: string;
  readonly content: Buffer;
}

/** A file that is not what it should be; the message says where. */
export class TarDamagedError extends Error {
  override readonly name = 'TarDamagedError';
}

/** One file: its header, its content, and zeros up to a whole block. */
export function tarEntry({ name, content }: TarEntry): Buffer {
  const entry = Buffer.alloc(BLOCK_BYTES + paddedBytes(content.length));
  headerOf(name, content.length).copy(entry);
  content.copy(entry, BLOCK_BYTES);
  return entry;
}

export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);

function headerOf(name: string, size: number): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) throw new RangeError(`${name} is too long for a name in a tar file`);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0);
  header.write(MODE, 100);
  // Owner, group and time are left at zero: the same messages give the same bytes.
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(SIZE_DIGITS, '0')}\0`, SIZE_AT);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.fill(' ', CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT);
  return header;
}

const paddedBytes = (size: number): number => Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;

/** The files of a tar made by `tarEntry`, one at a time. @throws TarDamagedError naming the file before the damage. */
export async function* readTar(
  chunks: AsyncIterable<Buffer>,
  { entryBytesMax }: { entryBytesMax: number },
): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(chunks);
  let place = 'at its beginning';
  try {
    for (;;) {
      const header = await bytes.take(BLOCK_BYTES, place);
      if (header.equals(Buffer.alloc(BLOCK_BYTES))) break;
      const name = header.toString('utf8', 0, header.indexOf(0));
      const size = Number.parseInt(header.toString('latin1', SIZE_AT, SIZE_AT + SIZE_DIGITS), 8);
      const isOurs = Number.isSafeInteger(size) && name !== '' && name.length <= NAME_BYTES_MAX;
      if (!isOurs || !headerOf(name, size).equals(header)) throw new TarDamagedError(`damaged ${place}`);
      if (size > entryBytesMax)
        throw new TarDamagedError(`${name} has ${size} bytes; more than ${entryBytesMax} are none of ours`);
      place = `in ${name}`;
      const padded = await bytes.take(paddedBytes(size), place);
      if (padded.subarray(size).some((byte) => byte !== 0)) throw new TarDamagedError(`damaged behind ${name}`);
      yield { name, content: padded.subarray(0, size) };
      place = `behind ${name}`;
    }
    const end = await bytes.take(BLOCK_BYTES, place);
    if (end.some((byte) => byte !== 0) || !(await bytes.isAtEnd())) throw new TarDamagedError(`damaged ${place}`);
  } finally {
    await bytes.stop();
  }
}

/** Cuts a stream of chunks into pieces of a wanted length; holds one piece and one chunk. */
class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async take(length: number, place: string): Promise<Buffer> {
    const parts = [this.rest];
    let have = this.rest.length;
    while (have < length) {
      const next = await this.chunks.next();
      if (next.done === true) throw new TarDamagedError(`cut off ${place}`);
      parts.push(next.value);
      have += next.value.length;
    }
    const all = Buffer.concat(parts);
    this.rest = all.subarray(length);
    return all.subarray(0, length);
  }

  async isAtEnd(): Promise<boolean> {
    return this.rest.length === 0 && (await this.chunks.next()).done === true;
  }

  async stop(): Promise<void> {
    await this.chunks.return?.();
  }
}
