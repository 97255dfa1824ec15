import { createServer } from 'node:http';
import { measureChecks } from './measure-checks.js';
import type { Metrics } from './metrics.js';

/** Whether one thing a service needs is well, and, where it is not, what is wrong with it. */
export interface HealthCheck {
  readonly up: boolean;
  readonly problem?: string;
}

export interface HealthServerOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** Why it must be started again; `undefined` while it goes on. */
  readonly failure: () => string | undefined;
  /** The dependencies of the service, by name, each whether it answers. */
  readonly check: () => Promise<Readonly<Record<string, HealthCheck>>>;
  /** Sets, before each answer of `/metrics`, what is measured when it is asked for. */
  readonly measure?: () => void;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/health/live`, `/health/ready` and `/metrics` of a service that has no other HTTP. Live until what it does
 * halts; then the process ends by itself, unless something keeps it. Ready while everything it depends on is up.
 */
export async function serveHealth(options: HealthServerOptions): Promise<HealthServer> {
  const { host, port, metrics, failure, check, measure } = options;
  const server = createServer((request, response) => {
    const answer = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
    };
    const json = (status: number, body: object): void => answer(status, 'application/json', JSON.stringify(body));
    const handle = async (): Promise<void> => {
      switch (request.url) {
        case '/health/live': {
          const problem = failure();
          return problem === undefined ? json(200, { status: 'ok' }) : json(503, { status: 'unavailable', problem });
        }
        case '/health/ready': {
          const checks = await check();
          const ok = Object.values(checks).every(({ up }) => up);
          return json(ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', checks });
        }
        case '/metrics':
          measure?.();
          measureChecks(metrics, { live: failure() === undefined, checks: await check() });
          return answer(200, 'text/plain; version=0.0.4; charset=utf-8', await metrics.text());
        default:
          return json(404, { type: 'not-found', detail: { type: 'not-found', message: 'there is nothing here' } });
      }
    };
    handle().catch(() => json(500, { type: 'internal', detail: { type: 'internal', message: 'the check failed' } }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
