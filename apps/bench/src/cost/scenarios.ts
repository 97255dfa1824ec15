import type { CountedProcess } from '../servers/system-under-test.js';
import { eventBody } from '../latency/payloads.js';
import type { Benchmark } from '../options.js';
import { wireRequest, type WireRequest } from './connection.js';

export type Server = 'bare HTTP' | 'stock Nest' | 'Logbook';
/** How events travel: the same for every server, so that a ratio compares like with like. */
export interface Shape {
  readonly name: string;
  readonly eventsPerRequest: number;
  readonly keepAlive: boolean;
  readonly concurrency: number;
  readonly ndjson?: boolean;
}

export interface Scenario {
  readonly server: Server;
  readonly shape: Shape;
  readonly port: number;
  readonly process: CountedProcess;
  readonly requests: readonly WireRequest[];
}

export interface Target {
  readonly server: Server;
  readonly process: CountedProcess & { readonly url: string };
}

/** Sessions take turns over the partitions of the log; one alone would fill one batch after the other. */
const SESSIONS = 24;
const CONCURRENCY = 64;
const BATCH_CONCURRENCY = 8;

const single = { eventsPerRequest: 1, concurrency: CONCURRENCY } as const;
const SHAPES: Readonly<Record<Exclude<Benchmark, 'latency'>, readonly Shape[]>> = {
  gateway: [
    { ...single, name: 'one event a request, keep-alive', keepAlive: true },
    { ...single, name: 'one event a request, new connections', keepAlive: false },
  ],
  batch: [
    { ...single, name: 'one event a request', keepAlive: true },
    { name: 'batches of 10', eventsPerRequest: 10, keepAlive: true, concurrency: BATCH_CONCURRENCY },
    { name: 'batches of 100', eventsPerRequest: 100, keepAlive: true, concurrency: BATCH_CONCURRENCY },
    {
      name: 'batches of 100, NDJSON',
      eventsPerRequest: 100,
      keepAlive: true,
      concurrency: BATCH_CONCURRENCY,
      ndjson: true,
    },
    { name: 'batches of 1,000', eventsPerRequest: 1_000, keepAlive: true, concurrency: 2 },
  ],
};

/** What a round measures, in this order: a shape on every server before the next shape. */
export function costScenarios(
  benchmark: Exclude<Benchmark, 'latency'>,
  targets: readonly Target[],
  client: { readonly apiKey: string; readonly fingerprintId: string },
): Scenario[] {
  return SHAPES[benchmark].flatMap((shape) =>
    targets
      // Neither baseline would do with lines what Logbook does.
      .filter(({ server }) => shape.ndjson !== true || server === 'Logbook')
      .map(({ server, process }) => ({
        server,
        shape,
        port: Number(new URL(process.url).port),
        process,
        requests: requestsOf(shape, client),
      })),
  );
}

function requestsOf(shape: Shape, { apiKey, fingerprintId }: { apiKey: string; fingerprintId: string }): WireRequest[] {
  const { eventsPerRequest: events, keepAlive, ndjson = false } = shape;
  const bodies = Array.from({ length: SESSIONS }, (_, session) => eventBody(fingerprintId, `bench-session-${session}`));
  if (events === 1) {
    return bodies.map((body) =>
      wireRequest({ path: '/api/v1/events', body, events, apiKey, contentType: 'application/json', keepAlive }),
    );
  }
  const texts = Array.from({ length: events }, (_, index) => String(bodies[index % SESSIONS]));
  const body = Buffer.from(ndjson ? texts.join('\n') : `{"events":[${texts.join(',')}]}`);
  const contentType = ndjson ? 'application/x-ndjson' : 'application/json';
  return [wireRequest({ path: '/api/v1/events/batch', body, events, apiKey, contentType, keepAlive })];
}
