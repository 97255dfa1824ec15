import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unavailable } from '../../unavailable.js';
import { refusalOf } from '../refusals.js';
import { ClientGoneError, HttpProblem } from '../errors.js';
import { BodyBudget, type BodyShare } from './body-budget.js';
import { BodyTurns, type BodyTurn } from './body-turns.js';
import { contentEncodingOf, mediaTypeOf, unsupported } from './content-headers.js';
import { parseBody, type RequestBody } from './parse-body.js';
import { readBody } from './read-body.js';

/** What a route takes where it differs from the others; given to Nest's `@RouteConfig({ body })`. */
export interface BodyRules {
  /** Inclusive, after decompression too. */
  readonly bytesMax?: number;
  readonly ndjson?: boolean;
  /** How deep the JSON may be nested; infinite for a route that looks at each part of its own. */
  readonly nestingMax?: number;
}

export interface BodyHookOptions {
  /** Of one body, where a route says nothing else. */
  readonly bytesMax: number;
  /** Of all bodies at a time, until they are answered; what comes on top is answered 503. */
  readonly bytesHeldMax: number;
  /** Of the bodies that are worked on at a time; the others wait for their turn. */
  readonly bytesWorkedOnMax: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back what the body takes; `null` where there is none. Idempotent. */
    releaseBody: (() => void) | null;
  }
}

const METHODS_WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * Reads and parses bodies instead of Fastify's parsers, in the order of the contract: encoding and type,
 * size, JSON. By the time this runs the key is known and the route exists.
 */
export function installBodyHook(fastify: FastifyInstance, options: BodyHookOptions): void {
  fastify.removeAllContentTypeParsers();
  // Fastify insists on a parser for each type; this one leaves the stream to the hook below.
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
  const budget = new BodyBudget(options.bytesHeldMax);
  const turns = new BodyTurns(options.bytesWorkedOnMax);
  fastify.decorateRequest('releaseBody', null);
  fastify.addHook('preHandler', async (request, reply) => {
    if (!METHODS_WITH_BODY.has(request.method) || request.is404) return;
    const [share, turn] = [budget.share(), turns.turn()];
    request.releaseBody = () => {
      turn.end();
      share.release();
    };
    request.body = await bodyOf(request, reply.raw, { share, turn }, options.bytesMax);
  });
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    request.releaseBody?.();
    done();
  });
}

interface Room {
  readonly share: BodyShare;
  readonly turn: BodyTurn;
}

async function bodyOf(
  request: FastifyRequest,
  response: ServerResponse,
  { share, turn }: Room,
  defaultBytesMax: number,
): Promise<RequestBody> {
  const rules = (request.routeOptions.config as { body?: BodyRules }).body;
  const bytesMax = rules?.bytesMax ?? defaultBytesMax;
  const encoding = contentEncodingOf(request.headers);
  const mediaType = mediaTypeOf(request.headers);
  if (mediaType === 'NDJSON' && rules?.ndjson !== true) throw unsupported('this path does not take NDJSON');
  const read = await readBody(request.raw, { encoding, bytesMax, share });
  if (read.outcome !== 'READ') share.release();
  switch (read.outcome) {
    case 'READ': {
      const waiting = turn.begin(read.bytes.length);
      if (waiting !== undefined) {
        response.once('close', () => {
          // Once it has begun the work goes on without the client, and with it the memory it takes.
          if (!turn.hasBegun()) request.releaseBody?.();
        });
        if ((await waiting) === 'LEFT') throw new ClientGoneError();
      }
      return parseBody(read.bytes, mediaType, rules?.nestingMax);
    }
    case 'TOO_LARGE':
      throw new HttpProblem({ slug: 'payload-too-large', message: `the body is larger than ${bytesMax} bytes` });
    case 'NOT_DECODABLE':
      throw new HttpProblem({
        slug: 'invalid-request',
        message: `the body is not complete ${encoding} data, though its content encoding says so`,
      });
    case 'NO_ROOM':
      throw refusalOf(unavailable('the gateway holds as many requests as it can'));
    case 'ABORTED':
      throw new ClientGoneError();
  }
}
