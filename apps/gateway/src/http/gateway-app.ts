import 'reflect-metadata';
import type { LoggerService, LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { ApiKeyId } from '@logbook/contracts';
import type { RateLimiter } from '@logbook/core';
import type { Tracing } from '@logbook/observability';
import type { KeyRing } from '../keys/key-ring.js';
import { serveOpenApi } from '../openapi/document.js';
import { installAuthentication } from './authentication.hook.js';
import { installBodyHook } from './body/body.hook.js';
import { deferContinue } from './body/expect-continue.js';
import { installConnectionLimit } from './connection-limit.hook.js';
import type { Slug } from './errors.js';
import { GatewayHttpModule, type GatewayHttpModuleOptions } from './gateway-http.module.js';
import { ProblemFilter } from './problem.filter.js';
import { refuseConnect } from './raw-answers.js';
import { enterRequestSpans, installRequestSpans } from './request-spans.hook.js';
import { installRequestLimit } from './request-limit.hook.js';
import { decorateRefusals, type RequestTrail, trailOf } from './request-trail.js';
import { installRequestChecks } from './request-checks.hook.js';
import { installRouting } from './routing.hook.js';
import { DEFAULT_TIMEOUTS, serverOptions, type HttpTimeouts } from './server-options.js';

/** Never sent: what is told of a connection that ended before its answer was out. nginx uses the same number. */
const STATUS_UNANSWERED = 499;

/** Some eight of the largest batches, or a hundred thousand usual events. */
const BODIES_HELD_BYTES_MAX_DEFAULT = 128 * 1024 * 1024;
/** The largest batch: so much keeps the log busy, and is far from what the log lets wait before it counts as away. */
const BODIES_WORKED_ON_BYTES_MAX_DEFAULT = 16 * 1024 * 1024;

/** One answered request. `route` is the pattern, never the path: it names no agent and no person. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  /** Why it was refused or failed, and what a line of the log names it by. */
  readonly refused?: { readonly slug: Slug; readonly trail: RequestTrail };
}

export interface GatewayAppOptions extends GatewayHttpModuleOptions {
  readonly keyRing: KeyRing;
  /** Origins that browsers may call from; without any, OPTIONS is 405. */
  readonly corsOrigins?: readonly string[];
  /** Called with the key of each request that has a valid one. Must not throw. */
  readonly onKeyUsed?: (apiKeyId: ApiKeyId) => void;
  /** Connections served at the same time; what comes over a further one is answered 503. Without it there is no limit. */
  readonly connectionsMax?: number;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** The most bytes of bodies held at a time, read or being read, until they are answered; default 128 MiB. */
  readonly bodiesHeldBytesMax?: number;
  /** The most bytes of bodies worked on at a time, from parsing to the answer; the others wait. Default 16 MiB. */
  readonly bodiesWorkedOnBytesMax?: number;
  /** Of the requests of each key; without it there is no limit. */
  readonly requestLimiter?: RateLimiter;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing;
  readonly logger?: LoggerService | LogLevel[] | false;
  /** Called once for each answer. Must not throw. */
  readonly onAnswered?: (request: AnsweredRequest) => void;
  /** Called with what nobody expected, before its request is answered 500. Must not throw. */
  readonly onFailed?: (error: unknown, trail: RequestTrail) => void;
}

/** The HTTP server of the gateway, ready to `listen`. */
export async function createGatewayApp(options: GatewayAppOptions): Promise<NestFastifyApplication> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const adapter = new FastifyAdapter({
    ...serverOptions({ keyRing: options.keyRing, timeouts }),
    // There is no middleware, and to look for some takes time of every request.
    skipMiddie: true,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  installHooks(fastify, options);
  refuseConnect(fastify.server);
  deferContinue(fastify.server);
  const { logger } = options;
  const nestOptions = { bodyParser: false, abortOnError: false, ...(logger !== undefined && { logger }) };
  const app = await NestFactory.create<NestFastifyApplication>(
    GatewayHttpModule.forRoot(options),
    adapter,

    nestOptions,
  );
  app.useGlobalFilters(new ProblemFilter(options.onFailed ?? (() => undefined)));
  if (options.corsOrigins !== undefined && options.corsOrigins.length > 0) enableCors(app, options.corsOrigins);
  serveOpenApi(app);
  return app;
}

/** Room first; then in the order of the contract: key (and how often it came), route; before the handler encoding and type, size, JSON. */
function installHooks(fastify: FastifyInstance, options: GatewayAppOptions): void {
  const {
    keyRing,
    bodyBytesMax,
    connectionsMax,
    bodiesHeldBytesMax = BODIES_HELD_BYTES_MAX_DEFAULT,
    bodiesWorkedOnBytesMax = BODIES_WORKED_ON_BYTES_MAX_DEFAULT,
    onAnswered,
    requestLimiter,
    tracing,
  } = options;
  decorateRefusals(fastify);
  if (onAnswered !== undefined) installObserver(fastify, onAnswered);
  installRequestChecks(fastify);
  if (connectionsMax !== undefined) installConnectionLimit(fastify, connectionsMax);
  installAuthentication(fastify, { keyRing, onKeyUsed: options.onKeyUsed });
  if (requestLimiter !== undefined) installRequestLimit(fastify, requestLimiter);
  installRouting(fastify);
  if (tracing !== undefined) installRequestSpans(fastify, tracing);
  installBodyHook(fastify, {
    bytesMax: bodyBytesMax,
    bytesHeldMax: bodiesHeldBytesMax,
    bytesWorkedOnMax: bodiesWorkedOnBytesMax,
  });
  if (tracing !== undefined) enterRequestSpans(fastify, tracing);
}

/** Fastify's onResponse is silent about an answer that could not be finished; the closing of the answer is not. */
function installObserver(fastify: FastifyInstance, onAnswered: (request: AnsweredRequest) => void): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () =>
      onAnswered({
        method: request.method,
        route: request.is404 ? null : (request.routeOptions.url ?? null),
        status: reply.raw.writableFinished ? reply.raw.statusCode : STATUS_UNANSWERED,
        durationMs: reply.elapsedTime,
        ...(request.refusal !== null && { refused: { slug: request.refusal, trail: trailOf(request) } }),
      }),
    );
    done();
  });
}

function enableCors(app: NestFastifyApplication, origins: readonly string[]): void {
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Content-Encoding', 'Idempotency-Key', 'Traceparent'],
    exposedHeaders: ['Retry-After', 'Allow', 'RateLimit', 'RateLimit-Policy', 'X-Request-Id'],
    maxAge: 600,
    strictPreflight: false,
  });
}
