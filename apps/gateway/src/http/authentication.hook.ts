import type { ApiKeyId, Tenant } from '@logbook/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KeyRing } from '../keys/key-ring.js';
import type { Problem } from './errors.js';
import { sendProblem } from './send-problem.js';

export const API_PREFIX = '/api/v1';

/** Who sent a request, as its key says and nothing else. */
export interface Caller {
  readonly tenant: Tenant;
  readonly apiKeyId: ApiKeyId;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` outside the API's paths, and until the key was looked at. */
    caller: Caller | null;
  }
}

/** Looks at the key of every request under the API's prefix, whether or not its path and method exist. */
export function installAuthentication(
  fastify: FastifyInstance,
  { keyRing, onKeyUsed }: { keyRing: KeyRing; onKeyUsed: ((apiKeyId: ApiKeyId) => void) | undefined },
): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    const problem = needsKey(request) ? authenticate(request, keyRing) : undefined;
    if (request.caller !== null) onKeyUsed?.(request.caller.apiKeyId);
    if (problem === undefined) done();
    else sendProblem(reply, problem);
  });
}

/** Sets `request.caller`, or says why not. */
export function authenticate(request: FastifyRequest, keyRing: KeyRing): Problem | undefined {
  const key = bearerKey(request.headers.authorization);
  if (key === undefined) return unauthorized('an API key is needed: Authorization: Bearer <key>');
  const verdict = keyRing.authenticate(key);
  switch (verdict.state) {
    case 'VALID':
      request.caller = { tenant: verdict.tenant, apiKeyId: verdict.apiKeyId };
      return undefined;
    case 'UNKNOWN':
      return unauthorized('the API key is not known, or was revoked');
    case 'TENANT_DISABLED':
      return { slug: 'forbidden', message: 'the tenant of this API key is disabled' };
  }
}

const unauthorized = (message: string): Problem => ({
  slug: 'unauthorized',
  message,
  headers: { 'www-authenticate': 'Bearer' },
});

function bearerKey(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^bearer +(\S+)$/i.exec(header)?.[1];
}

/** A route says itself what it is, however its path was spelled; where there is none, the spelling decides. */
function needsKey(request: FastifyRequest): boolean {
  const route = request.is404 ? undefined : request.routeOptions.url;
  return route === undefined ? isUnderApi(request.raw.url ?? '/') : isRouteUnderApi(route);
}

/** The patterns of routes, of which there are as many as the application has. */
const routesUnderApi = new Map<string, boolean>();

/** Whether the pattern of a route lies under the API's prefix. */
export function isRouteUnderApi(route: string): boolean {
  let isUnder = routesUnderApi.get(route);
  if (isUnder === undefined) routesUnderApi.set(route, (isUnder = isUnderApi(route)));
  return isUnder;
}

/** Whether a path, as sent, lies under the API's prefix: `//` folded, escapes decoded as far as they can be. */
export function isUnderApi(url: string): boolean {
  const path = decodeEscapes(url.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '')).replace(/\/{2,}/g, '/');
  return path === API_PREFIX || path.startsWith(`${API_PREFIX}/`);
}

const decodeEscapes = (path: string): string =>
  path.replace(/%[2-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
