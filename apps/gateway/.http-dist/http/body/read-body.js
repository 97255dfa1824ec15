import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { sendContinue } from './expect-continue.js';
/** Reads a request's body. Never rejects; holds at most `bytesMax` and one chunk of it. */
export function readBody(request, { encoding, bytesMax }) {
    if (Number(request.headers['content-length'] ?? 0) > bytesMax)
        return Promise.resolve({ outcome: 'TOO_LARGE' });
    sendContinue(request);
    return encoding === 'identity'
        ? readPlain(request, bytesMax)
        : new CompressedBody(request, encoding, bytesMax).read();
}
function readPlain(request, bytesMax) {
    return new Promise((resolve) => {
        const chunks = [];
        let bytes = 0;
        const finish = (read) => {
            request.off('data', onData).off('end', onEnd).off('close', onClose);
            resolve(read);
        };
        const onData = (chunk) => {
            bytes += chunk.length;
            if (bytes <= bytesMax)
                chunks.push(chunk);
            else {
                request.pause();
                finish({ outcome: 'TOO_LARGE' });
            }
        };
        const onEnd = () => finish({ outcome: 'READ', bytes: joined(chunks, bytes) });
        const onClose = () => finish({ outcome: 'ABORTED' });
        request.on('data', onData).on('end', onEnd).on('close', onClose);
        if (request.destroyed && !request.readableEnded)
            onClose();
    });
}
const joined = (chunks, bytes) => chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes);
/** A bomb is stopped at the limit: one decompressed chunk past it ends the reading. */
class CompressedBody {
    request;
    encoding;
    bytesMax;
    chunks = [];
    wireBytes = 0;
    plainBytes = 0;
    decoder;
    resolve = () => undefined;
    constructor(request, encoding, bytesMax) {
        this.request = request;
        this.encoding = encoding;
        this.bytesMax = bytesMax;
    }
    read() {
        return new Promise((resolve) => {
            this.resolve = resolve;
            this.request.on('data', this.onWire).on('end', this.onWireEnd).on('close', this.onClose);
            if (this.request.destroyed && !this.request.readableEnded)
                this.onClose();
        });
    }
    onWire = (chunk) => {
        this.wireBytes += chunk.length;
        if (this.wireBytes > this.bytesMax)
            return this.finish({ outcome: 'TOO_LARGE' });
        this.decoder ??= this.startDecoder(chunk);
        if (!this.decoder.write(chunk))
            this.request.pause();
    };
    onWireEnd = () => {
        if (this.decoder === undefined)
            this.finish({ outcome: 'READ', bytes: Buffer.alloc(0) });
        else
            this.decoder.end();
    };
    /** After its end a request closes as well, perhaps while the decoder still works. */
    onClose = () => {
        if (!this.request.readableEnded)
            this.finish({ outcome: 'ABORTED' });
    };
    startDecoder(firstChunk) {
        const decoder = createDecoder(this.encoding, firstChunk);
        decoder.on('data', (chunk) => {
            this.plainBytes += chunk.length;
            if (this.plainBytes > this.bytesMax)
                this.finish({ outcome: 'TOO_LARGE' });
            else
                this.chunks.push(chunk);
        });
        decoder.on('drain', () => this.request.resume());
        decoder.on('error', () => this.finish({ outcome: 'NOT_DECODABLE' }));
        decoder.on('end', () => {
            // What follows the end of the compressed data would be dropped without a word.
            if (decoder.bytesWritten !== this.wireBytes)
                this.finish({ outcome: 'NOT_DECODABLE' });
            else
                this.finish({ outcome: 'READ', bytes: joined(this.chunks, this.plainBytes) });
        });
        return decoder;
    }
    finish(read) {
        this.request.off('data', this.onWire).off('end', this.onWireEnd).off('close', this.onClose);
        if (!this.request.readableEnded)
            this.request.pause();
        this.decoder?.removeAllListeners().on('error', () => undefined).destroy();
        this.resolve(read);
    }
}
const CHUNK = { chunkSize: 64 * 1024 };
function createDecoder(encoding, firstChunk) {
    if (encoding === 'gzip')
        return createGunzip(CHUNK);
    if (encoding === 'br')
        return createBrotliDecompress(CHUNK);
    // "deflate" means zlib (RFC 1950), yet some senders mean raw deflate (RFC 1951). The low half of zlib's first
    // byte is 8; a raw stream would have to begin with a stored block whose padding is not zero.
    return (firstChunk[0] & 0x0f) === 8 ? createInflate(CHUNK) : createInflateRaw(CHUNK);
}
