import { STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemBody, statusOf, type Problem } from './errors.js';
import { JSON_TYPE, RESPONSE_HEADERS } from './response-headers.js';

/** How long a refused connection may stay half-open, so that its sender reads the answer before the reset. */
const LINGER_MS_MAX = 1_000;

const answered = new WeakSet<Duplex>();

/** Answers what the HTTP parser refuses, before there is a request, in the same envelope as everything else. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  // The parser goes on refusing what still arrives; the first refusal was answered.
  if (answered.has(socket)) return;
  answered.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable || answerBegun(socket)) socket.destroy();
  else answer(socket, problemOf(error));
}

/** CONNECT never becomes a request either. */
export function refuseConnect(server: Server): void {
  server.on('connect', (_request, socket: Duplex) => {
    answer(socket, { slug: 'invalid-request', message: 'this server is no proxy: CONNECT is not served' });
  });
}

function problemOf(error: NodeJS.ErrnoException): Problem {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return { slug: 'headers-too-large', message: 'the request line and headers are too large' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { slug: 'request-timeout', message: 'the request took too long to arrive' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { slug: 'payload-too-large', message: 'the chunk extensions are too large' };
    default:
      return { slug: 'invalid-request', message: 'the request is not valid HTTP' };
  }
}

/** Whether an answer is on its way over this connection: a second one would be read as its continuation. */
function answerBegun(socket: Duplex): boolean {
  const response = (socket as Duplex & { _httpMessage?: { headersSent: boolean } | null })._httpMessage;
  return response?.headersSent === true;
}

function answer(socket: Duplex, problem: Problem): void {
  const status = statusOf(problem);
  const body = problemBody(problem);
  const headers = {
    ...RESPONSE_HEADERS,
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS_MAX).unref();
}
