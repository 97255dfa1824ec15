import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import type { BodyShare } from './body-budget.js';
import { sendContinue } from './expect-continue.js';

export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'br';

export type BodyRead =
  | { readonly outcome: 'READ'; readonly bytes: Buffer }
  /** Over the limit, as sent or decompressed. The rest of the request is unread. */
  | { readonly outcome: 'TOO_LARGE' }
  /** Cut short, or not what its encoding says. The rest of the request may be unread. */
  | { readonly outcome: 'NOT_DECODABLE' }
  /** The gateway holds as many bytes of bodies as it may. The rest of the request is unread. */
  | { readonly outcome: 'NO_ROOM' }
  /** The client went away. */
  | { readonly outcome: 'ABORTED' };

export interface BodyLimits {
  readonly encoding: ContentEncoding;
  /** Inclusive; holds for the bytes on the wire and for those they decompress to. */
  readonly bytesMax: number;
  /** What the body may take of all that the gateway holds. */
  readonly share: Pick<BodyShare, 'take'>;
}

/**
 * Reads a request's body. Never rejects; holds at most `bytesMax` and one chunk of it. Its share of the memory is taken
 * before the first byte where the length is known, so that of many requests the first ones come through.
 */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<BodyRead> {
  const length = request.headers['content-length'];
  if (Number(length ?? 0) > limits.bytesMax) return Promise.resolve({ outcome: 'TOO_LARGE' });
  if (!limits.share.take(Number(length ?? 0))) return Promise.resolve({ outcome: 'NO_ROOM' });
  sendContinue(request);
  return limits.encoding === 'identity'
    ? readPlain(request, limits, length !== undefined)
    : new CompressedBody(request, limits.encoding, limits, length !== undefined).read();
}

function readPlain(
  request: IncomingMessage,
  { bytesMax, share }: BodyLimits,
  isLengthKnown: boolean,
): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (read: BodyRead): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(read);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      const stopped =
        bytes > bytesMax ? 'TOO_LARGE' : isLengthKnown || share.take(chunk.length) ? undefined : 'NO_ROOM';
      if (stopped === undefined) chunks.push(chunk);
      else {
        request.pause();
        finish({ outcome: stopped });
      }
    };
    // Nothing comes behind the end, so what listens need not be taken off.
    const onEnd = (): void => resolve({ outcome: 'READ', bytes: joined(chunks, bytes) });
    const onClose = (): void => finish({ outcome: 'ABORTED' });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    if (request.destroyed && !request.readableEnded) onClose();
  });
}

const joined = (chunks: readonly Buffer[], bytes: number): Buffer =>
  chunks[1] === undefined && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes);

/** A bomb is stopped at the limit: one decompressed chunk past it ends the reading. */
class CompressedBody {
  private readonly chunks: Buffer[] = [];
  private wireBytes = 0;
  private plainBytes = 0;
  private decoder: (Transform & { readonly bytesWritten: number }) | undefined;
  private resolve: (read: BodyRead) => void = () => undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly encoding: Exclude<ContentEncoding, 'identity'>,
    private readonly limits: BodyLimits,
    private readonly isLengthKnown: boolean,
  ) {}

  read(): Promise<BodyRead> {
    return new Promise((resolve) => {
      this.resolve = resolve;
      this.request.on('data', this.onWire).on('end', this.onWireEnd).on('close', this.onClose);
      if (this.request.destroyed && !this.request.readableEnded) this.onClose();
    });
  }

  private readonly onWire = (chunk: Buffer): void => {
    this.wireBytes += chunk.length;
    if (this.wireBytes > this.limits.bytesMax) return this.finish({ outcome: 'TOO_LARGE' });
    if (!this.isLengthKnown && !this.limits.share.take(chunk.length)) return this.finish({ outcome: 'NO_ROOM' });
    this.decoder ??= this.startDecoder(chunk);
    if (!this.decoder.write(chunk)) this.request.pause();
  };

  private readonly onWireEnd = (): void => {
    if (this.decoder === undefined) this.finish({ outcome: 'READ', bytes: Buffer.alloc(0) });
    else this.decoder.end();
  };

  /** After its end a request closes as well, perhaps while the decoder still works. */
  private readonly onClose = (): void => {
    if (!this.request.readableEnded) this.finish({ outcome: 'ABORTED' });
  };

  private startDecoder(firstChunk: Buffer) {
    const decoder = createDecoder(this.encoding, firstChunk);
    decoder.on('data', (chunk: Buffer) => {
      this.plainBytes += chunk.length;
      if (this.plainBytes > this.limits.bytesMax) this.finish({ outcome: 'TOO_LARGE' });
      else if (!this.limits.share.take(chunk.length)) this.finish({ outcome: 'NO_ROOM' });
      else this.chunks.push(chunk);
    });
    decoder.on('drain', () => this.request.resume());
    decoder.on('error', () => this.finish({ outcome: 'NOT_DECODABLE' }));
    decoder.on('end', () => {
      // What follows the end of the compressed data would be dropped without a word.
      if (decoder.bytesWritten !== this.wireBytes) this.finish({ outcome: 'NOT_DECODABLE' });
      else this.finish({ outcome: 'READ', bytes: joined(this.chunks, this.plainBytes) });
    });
    return decoder;
  }

  private finish(read: BodyRead): void {
    this.request.off('data', this.onWire).off('end', this.onWireEnd).off('close', this.onClose);
    if (!this.request.readableEnded) this.request.pause();
    this.decoder
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
    this.resolve(read);
  }
}

const CHUNK = { chunkSize: 64 * 1024 };

function createDecoder(encoding: Exclude<ContentEncoding, 'identity'>, firstChunk: Buffer) {
  if (encoding === 'gzip') return createGunzip(CHUNK);
  if (encoding === 'br') return createBrotliDecompress(CHUNK);
  // "deflate" means zlib (RFC 1950), yet some senders mean raw deflate (RFC 1951). The low half of zlib's first
  // byte is 8; a raw stream would have to begin with a stored block whose padding is not zero.
  return (firstChunk.readUInt8(0) & 0x0f) === 8 ? createInflate(CHUNK) : createInflateRaw(CHUNK);
}
