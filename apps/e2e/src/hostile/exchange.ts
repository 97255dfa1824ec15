import { connect } from 'node:net';
import type { WireRequest } from './requests.js';

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** However strange a request is, the connection is answered and closed within this. */
const ENDS_WITHIN_MS = 60_000;

/**
 * Sends the bytes and gives what was answered until the server closed: nothing, if it only closed. Rejects when it does not
 * close. With `ends` it is told that nothing more will come, which for a whole request would mean that nobody waits.
 */
export function exchange(url: string, { bytes, method, ends }: WireRequest): Promise<WireAnswer[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), timeout: ENDS_WITHIN_MS });
    socket.on('connect', () => (ends ? socket.end(bytes) : socket.write(bytes)));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('timeout', () => socket.destroy(new Error(`the connection was still open after ${ENDS_WITHIN_MS} ms`)));
    let failure: Error | undefined;
    // A reset is a way to close.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') failure = error;
    });
    socket.on('close', () => {
      if (failure === undefined) resolve(answersIn(Buffer.concat(chunks).toString('latin1'), method === 'HEAD'));
      else reject(failure);
    });
  });
}

/** Throws where what came is no sequence of answers: one of unknown length, or something between two. */
export function answersIn(received: string, isHead: boolean): WireAnswer[] {
  const answers: WireAnswer[] = [];
  let at = 0;
  while (at < received.length) {
    const headEnd = received.indexOf('\r\n\r\n', at);
    const head = received.slice(at, headEnd);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (headEnd === -1 || Number.isNaN(status)) throw new Error(`this is no answer: ${received.slice(at, at + 200)}`);
    at = headEnd + 4;
    if (status === 100) continue;
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
    if (Number.isNaN(length)) throw new Error(`an answer of unknown length: ${head}`);
    const body = isHead ? '' : received.slice(at, at + length);
    at += body.length;
    answers.push({ status, head, body: Buffer.from(body, 'latin1').toString('utf8') });
  }
  return answers;
}
