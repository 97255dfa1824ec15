import { connect } from 'node:net';
import { HOST } from './ports.js';

const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Connects, sends one request and gives the bytes of the answer once `complete` says that they suffice.
 * Rejects when the server refuses, hangs up or is silent.
 */
export function exchange(port: number, request: Buffer, complete: (answer: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const socket = connect({ host: HOST, port, timeout: ANSWER_TIMEOUT_MS });
    socket.on('connect', () => socket.write(request));
    socket.on('data', (bytes: Buffer) => {
      answer = Buffer.concat([answer, bytes]);
      if (!complete(answer)) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error(`port ${port} does not answer`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`port ${port} hung up`)));
  });
}
