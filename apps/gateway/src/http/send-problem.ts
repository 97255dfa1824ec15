import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { awaitsContinue } from './body/expect-continue.js';
import { problemBody, statusOf, type Problem } from './errors.js';
import { REQUEST_ID_HEADER } from './request-trail.js';
import { JSON_TYPE, RESPONSE_HEADERS } from './response-headers.js';

/** A body left unread up to this size is cheaper to read to its end than a connection is to close. */
const UNREAD_BYTES_KEPT = 64 * 1024;
/** How much more of a refused request is taken, and for how long, so that its sender reads the answer. */
const DRAIN_BYTES_MAX = 64 * 1024 * 1024;
const DRAIN_MS_MAX = 30_000;

/** Answers with a problem. Does nothing where an answer was already begun or nobody is left to read it. */
export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (reply.sent || reply.raw.headersSent) return;
  const { request } = reply;
  request.refusal = problem.slug;
  const body = problemBody(problem);
  reply.code(statusOf(problem)).headers({
    ...RESPONSE_HEADERS,
    ...problem.headers,
    [REQUEST_ID_HEADER]: request.id,
    'content-type': JSON_TYPE,
  });
  if (mustDrain(request.raw, reply.raw)) answerAndDrain(reply, body);
  else reply.send(body);
}

function mustDrain(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.complete || awaitsContinue(request)) return false;
  const length = request.headers['content-length'];
  if (length === undefined) return request.headers['transfer-encoding'] !== undefined;
  return Number(length) > UNREAD_BYTES_KEPT || !response.shouldKeepAlive;
}

/**
 * The whole answer goes out at once. Closing at the same moment would reset the connection under a client
 * that still sends, and the reset can overtake the answer; so what it sends is read and dropped for a while.
 */
function answerAndDrain(reply: FastifyReply, body: string): void {
  const bytes = Buffer.from(body);
  reply.hijack();
  const headers = { ...reply.getHeaders(), connection: 'close', 'content-length': bytes.length };
  reply.raw.writeHead(reply.statusCode, headers as Record<string, string | number>);
  reply.raw.write(bytes);
  drain(reply.request.raw, reply.raw);
}

function drain(request: IncomingMessage, response: ServerResponse): void {
  let drainedBytes = 0;
  const end = (): void => {
    clearTimeout(deadline);
    request.off('data', count).off('end', end).off('close', end);
    response.end();
  };
  const count = (chunk: Buffer): void => {
    drainedBytes += chunk.length;
    if (drainedBytes > DRAIN_BYTES_MAX) end();
  };
  const deadline = setTimeout(end, DRAIN_MS_MAX);
  request.on('data', count).on('end', end).on('close', end);
  request.resume();
}
