import type { FastifyInstance } from 'fastify';
import type { Problem } from './errors.js';
import { RESPONSE_HEADERS } from './response-headers.js';
import { sendProblem } from './send-problem.js';

const HOST_MISSING: Problem = { slug: 'invalid-request', message: 'an HTTP/1.1 request needs a Host header' };

/** Sets what every answer carries, and refuses what is not HTTP though the parser took it. */
export function installRequestChecks(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.headers(RESPONSE_HEADERS);
    // RFC 9112, section 3.2: a server must refuse it.
    const isHostMissing = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    if (isHostMissing) sendProblem(reply, HOST_MISSING);
    else done();
  });
}
