import {
  inProcessFactCache,
  inProcessRateLimiter,
  redisFactCache,
  redisRateLimiter,
  tieredFactCache,
} from '@logbook/cache';
import type { Settings } from '@logbook/config';
import { factPrefix, type FactCache, type Limit, type Log, type RateLimiter } from '@logbook/core';
import { nestLogger, type Logger, type Metrics, type Tracing } from '@logbook/observability';
import { CheckpointWatch, type MovedCheckpoint, ProjectionReader, type Store } from '@logbook/store';
import { GatewayHealth, type GatewayHealthOptions } from './health/gateway-health.js';
import { measureGateway } from './health/measure-gateway.js';
import { type AnsweredRequest, createGatewayApp, operationOf, type UseCases } from './http/index.js';
import { countedCache } from './ingest/counted-cache.js';
import { NameQuota } from './ingest/name-quota.js';
import { KeyUseRecorder } from './keys/key-uses.js';
import { ControlKeyRing } from './keys/control-key-ring.js';
import type { Intake } from './open-intake.js';
import { requestUseCases } from './request-use-cases.js';
import { tracedAppender, tracedLog } from './tracing/traced-appends.js';

export interface GatewayOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly intake: Intake;
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Without it nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** What runs beside the gateway in this process; shown by its health. */
  readonly companions?: GatewayHealthOptions['companions'];
}

export interface RunningGateway {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Tells waiting reads that a projector in this process has moved a checkpoint. */
  readonly onCommitted: (checkpoint: MovedCheckpoint) => void;
  /** Stops accepting, answers what is under way, closes its own connections; the log, the intake and the store stay open. */
  stop(): Promise<void>;
}

/**
 * How many connections may wait to be accepted; the system makes of it what it allows (Linux: `net.core.somaxconn`). Node accepts
 * one a turn of its loop and asks for 511: what comes on top is dropped or reset, though it would be answered.
 */
const BACKLOG = 65_535;

/** Starts the HTTP API over an open log, an intake and a store that may be away. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { settings, store, logger, metrics, tracing } = options;
  const { control } = options.intake;
  const { host, port } = settings.http;
  const near = inProcessFactCache();
  const facts = factCache(options, near);
  const watch = new CheckpointWatch(store, { logId: control.log.logId });
  const requestLimiter = limiterOf(options, 'requests', settings.limits.requestsPerMinute, MINUTE_SECONDS);
  const nameLimiter = limiterOf(options, 'new-names', settings.limits.newNamesPerHour, HOUR_SECONDS);
  const keyUses = KeyUseRecorder.into(store, control.log.logId, (error) =>
    logger.error({ err: error }, 'the uses of keys could not be written down'),
  );
  const app = await createGatewayApp({
    useCases: useCases(options, { near, facts, watch, nameLimiter }),
    keyRing: new ControlKeyRing(control.state),
    onKeyUsed: (apiKeyId) => keyUses.used(apiKeyId),
    bodyBytesMax: settings.eventBytesMax,
    connectionsMax: settings.http.connectionsMax,
    corsOrigins: settings.http.corsOrigins,
    ...(requestLimiter !== undefined && { requestLimiter }),
    ...(tracing !== undefined && { tracing }),
    logger: nestLogger(logger),
    onAnswered: (request) => recordRequest({ metrics, logger }, request),
    onFailed: (error, trail) => logger.error({ err: error, ...trail }, 'a request failed'),
  });
  await app.listen({ host, port, backlog: BACKLOG });
  const url = urlOf(host, app.getHttpServer().address());
  logger.info({ url }, 'the gateway accepts requests');
  return {
    url,
    onCommitted: (checkpoint) => watch.moved(checkpoint),
    stop: async () => {
      await app.close();
      await keyUses.close();
      await watch.close();
      await facts.close();
      await requestLimiter?.close();
      await nameLimiter?.close();
    },
  };
}

function factCache({ settings, intake, logger, metrics }: GatewayOptions, near: FactCache): FactCache {
  if (settings.cache.kind === 'in-process') return near;
  const far = redisFactCache({
    ...settings.cache,
    logId: intake.control.log.logId,
    onHealth: (state, cause) =>
      state === 'UP'
        ? logger.info('Redis answers')
        : logger.warn({ err: cause }, 'Redis is away; look-ups go on without it'),
  });
  return tieredFactCache(near, countedCache(far, metrics));
}

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** Counts where the facts are: in Redis for all gateways together, or in this process. */
function limiterOf(
  { settings, intake }: GatewayOptions,
  name: string,
  points: number | null,
  windowSeconds: number,
): RateLimiter | undefined {
  if (points === null) return undefined;
  const limit: Limit = { points, windowSeconds };
  const { cache } = settings;
  return cache.kind === 'in-process'
    ? inProcessRateLimiter(limit)
    : redisRateLimiter({ ...cache, limit, prefix: `${factPrefix(intake.control.log.logId)}${name}` });
}

interface Parts {
  readonly near: FactCache;
  readonly facts: FactCache;
  readonly watch: CheckpointWatch;
  readonly nameLimiter: RateLimiter | undefined;
}

function useCases(options: GatewayOptions, { near, facts, watch, nameLimiter }: Parts): UseCases {
  const { settings, log, intake, store, metrics, tracing } = options;
  const { control, appender, spool } = intake;
  const reader = new ProjectionReader(store, { logId: control.log.logId });
  const quota = nameLimiter && new NameQuota({ limiter: nameLimiter, facts, reader });
  let following = true;
  control.ended.then(
    () => undefined,
    () => (following = false),
  );
  const health = new GatewayHealth({
    log,
    spool,
    store,
    facts,
    checkpoints: () => reader.checkpoints(),
    following: () => following,
    companions: options.companions ?? (() => ({})),
  });
  return {
    ...requestUseCases({
      log: tracing === undefined ? log : tracedLog(log, tracing),
      appender: tracing === undefined ? appender : tracedAppender(appender, tracing),
      spool,
      caches: { near, shared: facts },
      reader,
      checkpoints: watch,
      quota,
      metrics,
      secret: control.log.secret,
      settings,
    }),
    health,
    metrics: {
      text: async () => {
        await measureGateway({ settings, intake, store, health }, metrics);
        return metrics.text();
      },
    },
  };
}

function recordRequest(
  { metrics, logger }: Pick<GatewayOptions, 'metrics' | 'logger'>,
  { method, route, status, durationMs, refused }: AnsweredRequest,
): void {
  const operation = operationOf({ method, route });
  metrics.count('logbook_http_requests_total', { operation, status: String(status) });
  metrics.observe('logbook_http_request_duration_seconds', { operation }, durationMs / 1000);
  // At debug: in an overload there is one of these for each request.
  if (refused !== undefined) logger.debug({ ...refused.trail, status, type: refused.slug, durationMs }, 'refused');
}

function urlOf(host: string, address: unknown): string {
  const { port } = address as { readonly port: number };
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
