import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Slug } from './errors.js';
import { traceOf } from './input/request-parameters.js';

/** What an answer that is a refusal carries, so that a client can name the line of the log that is about it. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** What a line of the log names a request by. */
export interface RequestTrail {
  readonly requestId: string;
  /** Of the caller's trace, where the request came with one. */
  readonly traceId?: string;
  /** The pattern, never the path: it names no agent and no person. */
  readonly operation: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** What it was refused for. */
    refusal: Slug | null;
  }
}

const PROCESS_BYTES = 6;

/** Ids of requests: random for the process, then counted. Cheap, since every request has one and few are asked for it. */
export function requestIds(): () => string {
  const process = randomBytes(PROCESS_BYTES).toString('hex');
  let count = 0;
  return () => `${process}-${(count += 1)}`;
}

export const decorateRefusals = (fastify: FastifyInstance): FastifyInstance => fastify.decorateRequest('refusal', null);

export function trailOf(request: FastifyRequest): RequestTrail {
  const { traceparent } = traceOf(request);
  const [, traceId] = traceparent?.split('-') ?? [];
  const route = request.is404 ? undefined : request.routeOptions.url;
  return {
    requestId: request.id,
    ...(traceId !== undefined && { traceId }),
    operation: operationOf({ method: request.method, route: route ?? null }),
  };
}

/** What logs and metrics call an operation; every request without a route is the same one. */
export const operationOf = ({ method, route }: { readonly method: string; readonly route: string | null }): string =>
  route === null ? 'unknown' : `${method} ${route}`;
