import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify';
import type { Problem } from './errors.js';
import { sendProblem } from './send-problem.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Answers for paths that do not exist (404) and for methods that their path does not have (405, with Allow). */
export function installRouting(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) sendProblem(reply, unrouted(fastify, request));
    else done();
  });
}

export const BAD_URL: Problem = { slug: 'invalid-request', message: 'the path is not valid percent-encoded UTF-8' };
export const NOT_FOUND: Problem = { slug: 'not-found', message: 'there is nothing at this path' };

function unrouted(fastify: FastifyInstance, request: FastifyRequest): Problem {
  const url = request.raw.url ?? '/';
  if (!isDecodable(url)) return BAD_URL;
  const allowed = METHODS.filter((method) => hasRoute(fastify, method, url));
  if (allowed.length === 0) return NOT_FOUND;
  return {
    slug: 'method-not-allowed',
    message: `this path has ${allowed.join(', ')}, not ${request.method}`,
    headers: { allow: allowed.join(', ') },
  };
}

/** The router answers every method alike for a path it cannot decode, so it cannot be asked about one. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.replace(/\?.*$/s, ''));
    return true;
  } catch {
    return false;
  }
}

/** `hasRoute` compares patterns; `findRoute` matches a path as the router does, and gives null though its type says never. */
const hasRoute = (fastify: FastifyInstance, method: HTTPMethods, url: string): boolean =>
  (fastify.findRoute({ method, url }) as unknown) !== null;
