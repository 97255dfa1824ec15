import type { RateLimiter } from '@logbook/core';
import type { FastifyInstance } from 'fastify';
import type { Problem } from './errors.js';
import { sendProblem } from './send-problem.js';

/** Names the limit in both headers. */
const POLICY = '"requests"';

/**
 * Counts the requests of each key, and tells its holder in the headers of every answer how it stands. A key is counted before
 * anything else is looked at, so that a request that is refused for another reason counts too.
 * The headers are those of draft-ietf-httpapi-ratelimit-headers-11.
 */
export function installRequestLimit(fastify: FastifyInstance, limiter: RateLimiter): void {
  const { points, windowSeconds } = limiter.limit;
  const policy = `${POLICY};q=${points};w=${windowSeconds}`;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.caller === null) {
      done();
      return;
    }
    limiter.consume(request.caller.apiKeyId, 1).then((verdict) => {
      reply.headers({
        'ratelimit-policy': policy,
        ratelimit: `${POLICY};r=${verdict.remaining};t=${secondsOf(verdict.resetMs)}`,
      });
      if (verdict.state === 'WITHIN') done();
      else sendProblem(reply, tooMany(`this key may send ${points} requests in ${windowSeconds} s`, verdict.resetMs));
    }, done);
  });
}

/** Rounded up: whoever waits so long finds the window over. */
const secondsOf = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

export const tooMany = (message: string, retryAfterMs: number): Problem => ({
  slug: 'too-many-requests',
  message,
  headers: { 'retry-after': String(secondsOf(retryAfterMs)) },
});
