import type { Span, Tracing } from '@logbook/observability';
import type { FastifyInstance } from 'fastify';
import { isRouteUnderApi } from './authentication.hook.js';
import { traceOf } from './input/request-parameters.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** `null` where the request is not traced. */
    span: Span | null;
  }
}

/** What ended before its answer was out. */
const UNANSWERED = 'unanswered';

/**
 * A span for each request under the API's prefix that has a valid key and a route: who has no key begins no trace. It is named
 * by the route and never by the path, which names agents and people.
 */
export function installRequestSpans(fastify: FastifyInstance, tracing: Tracing): void {
  fastify.decorateRequest('span', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url ?? '';
    if (!isRouteUnderApi(route)) return done();
    const span = tracing.begin(`${request.method} ${route}`, {
      kind: 'SERVER',
      parent: traceOf(request).traceparent,
      startMs: Date.now() - reply.elapsedTime,
      attributes: { 'http.request.method': request.method, 'http.route': route, 'url.scheme': 'http' },
    });
    request.span = span;
    reply.raw.once('close', () => {
      const { statusCode, writableFinished } = reply.raw;
      if (!writableFinished) return span.end(UNANSWERED);
      span.set({ 'http.response.status_code': statusCode });
      span.end(statusCode >= 500 ? String(statusCode) : undefined);
    });
    done();
  });
}

/** Has what follows, which must be the handler itself, run with the request's span under way. */
export function enterRequestSpans(fastify: FastifyInstance, tracing: Tracing): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    if (request.span === null) done();
    else tracing.within(request.span, done);
  });
}
