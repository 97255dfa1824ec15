import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { idempotencyKeyProblem, identifierProblem, isTraceparent, type Tenant } from '@logbook/contracts';
import type { FastifyRequest } from 'fastify';
import type { RequestBody } from '../body/parse-body.js';
import { HttpProblem } from '../errors.js';

/** The tenant of the request's key. */
export function tenantOf({ caller, routeOptions }: FastifyRequest): Tenant {
  if (caller === null) throw new Error(`${routeOptions.url} asks for a tenant but needs no key`);
  return caller.tenant;
}

/** The body, read and parsed. */
export const bodyOf = (request: FastifyRequest): RequestBody => request.body as RequestBody;

/** Throws invalid-request. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const header = headers['idempotency-key'];
  if (header === undefined) return null;
  const key = String(header);
  const message = idempotencyKeyProblem(key);
  if (message === undefined) return key;
  throw invalid('Idempotency-Key', message);
}

/** The trace this request is part of; one that does not have its form is no trace. */
export function traceOf({ headers }: FastifyRequest): { readonly traceparent?: string } {
  const header = headers['traceparent'];
  return typeof header === 'string' && isTraceparent(header) ? { traceparent: header } : NO_TRACE;
}

const NO_TRACE = {};
const requestOf = (context: ExecutionContext): FastifyRequest => context.switchToHttp().getRequest<FastifyRequest>();

export const CallerTenant = createParamDecorator((_data: undefined, context: ExecutionContext): Tenant =>
  tenantOf(requestOf(context)),
);

export const Body = createParamDecorator((_data: undefined, context: ExecutionContext): RequestBody =>
  bodyOf(requestOf(context)),
);

/** A name out of the path, percent-decoded; `%2F` is a slash of the name. */
export const PathName = createParamDecorator((parameter: string, context: ExecutionContext): string => {
  const value = (requestOf(context).params as Record<string, string>)[parameter];
  const message = identifierProblem(value);
  if (message === undefined) return value as string;
  throw invalid(parameter, message);
});

const invalid = (path: string, message: string): HttpProblem =>
  new HttpProblem({ slug: 'invalid-request', message: `${path} ${message}`, errors: [{ path, message }] });
