import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import type { KeyRing } from '../keys/key-ring.js';
import { authenticate, isUnderApi } from './authentication.hook.js';
import { answerClientError } from './raw-answers.js';
import { requestIds } from './request-trail.js';
import { BAD_URL } from './routing.hook.js';
import { sendProblem } from './send-problem.js';

/** How long a client may take; each is answered 408. */
export interface HttpTimeouts {
  /** From the first byte of a connection to the end of the headers. */
  readonly headersMs: number;
  /** From the first byte of a request to the end of its body. */
  readonly requestMs: number;
  /** Between two requests of one connection. */
  readonly keepAliveMs: number;
  /** How often the first two are looked at: an answer can be late by this. */
  readonly checkEveryMs: number;
}

export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  headersMs: 20_000,
  requestMs: 120_000,
  // Longer than what load balancers keep (60 s is common), so that they close first and never write into a closed one.
  keepAliveMs: 75_000,
  checkEveryMs: 5_000,
};

/** A name of 512 code points, each four bytes of UTF-8, is 6,144 characters in a path; two fit into the headers. */
const PATH_NAME_LENGTH_MAX = 8 * 1024;
const HEADER_BYTES_MAX = 32 * 1024;

export interface ServerOptions {
  readonly keyRing: KeyRing;
  readonly timeouts: HttpTimeouts;
}

export function serverOptions({ keyRing, timeouts }: ServerOptions): FastifyHttpOptions<Server> {
  return {
    logger: false,
    genReqId: requestIds(),
    exposeHeadRoutes: true,
    // While it closes, the server would answer 503 with a body of its own; what still arrives is served instead.
    return503OnClosing: false,
    routerOptions: {
      maxParamLength: PATH_NAME_LENGTH_MAX,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
    },
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: Math.min(timeouts.headersMs, timeouts.requestMs),
      requestTimeout: timeouts.requestMs,
      connectionsCheckingInterval: timeouts.checkEveryMs,
      // Node would answer a missing Host itself, without a body; see `installRequestChecks`.
      requireHostHeader: false,
    },
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.keepAliveMs,
    clientErrorHandler: answerClientError,
    // What the router refuses reaches no hook: the key is looked at here, so that it still comes first.
    frameworkErrors: (error, request, reply) => {
      const tooLong = error.code === 'FST_ERR_MAX_PARAM_LENGTH';
      const problem = isUnderApi(request.raw.url ?? '/') ? authenticate(request, keyRing) : undefined;
      sendProblem(reply, problem ?? (tooLong ? NAME_TOO_LONG : BAD_URL));
    },
  };
}

const NAME_TOO_LONG = { slug: 'invalid-request', message: 'a name in the path is longer than 512 characters' } as const;
