import { randomFrom } from '@logbook/testing';
import type { Benchmark } from '../options.js';
import { chatCompletionBody, SMALL_CHAT_WORDS } from '../payloads/chat-completion.js';
import type { CountedProcess } from '../servers/system-under-test.js';
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
export const SESSIONS = 24;
export const CONCURRENCY = 64;
/** Of one scenario, in as many requests as that takes: no event comes twice within what a compressor looks back. */
export const DISTINCT_EVENTS = 4_800;
export const BATCH_CONCURRENCY = 8;

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
  client: Client,
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

export interface Client {
  readonly apiKey: string;
  readonly fingerprintId: string;
}

/** Which events, where they are not the usual small ones. */
export interface EventsToSend {
  readonly words?: number;
  readonly distinct?: number;
}

export function requestsOf(
  shape: Pick<Shape, 'eventsPerRequest' | 'keepAlive' | 'ndjson'>,
  client: Client,
  { words = SMALL_CHAT_WORDS, distinct = DISTINCT_EVENTS }: EventsToSend = {},
): WireRequest[] {
  const { eventsPerRequest: events, keepAlive, ndjson = false } = shape;
  const { apiKey } = client;
  const bodies = distinctBodies(client.fingerprintId, { words, count: distinct });
  if (events === 1) {
    return bodies.map((body) =>
      wireRequest({ path: '/api/v1/events', body, events, apiKey, contentType: 'application/json', keepAlive }),
    );
  }
  const contentType = ndjson ? 'application/x-ndjson' : 'application/json';
  return Array.from({ length: Math.ceil(bodies.length / events) }, (_, batch) => {
    const texts = Array.from({ length: events }, (__, index) =>
      String(bodies[(batch * events + index) % bodies.length]),
    );
    const body = Buffer.from(ndjson ? texts.join('\n') : `{"events":[${texts.join(',')}]}`);
    return wireRequest({ path: '/api/v1/events/batch', body, events, apiKey, contentType, keepAlive });
  });
}

function distinctBodies(fingerprintId: string, { words, count }: { words: number; count: number }): Buffer[] {
  const random = randomFrom(1);
  return Array.from({ length: count }, (_, index) =>
    chatCompletionBody(
      {
        fingerprint_id: fingerprintId,
        agent: 'bench',
        agent_version: 'v1',
        person: 'ann',
        session: `bench-session-${index % SESSIONS}`,
      },
      { random, words },
    ),
  );
}
