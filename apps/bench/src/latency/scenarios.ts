import { HttpRequests, type HttpTarget } from './http-requests.js';
import { BareProduce } from './bare-produce.js';
import { agentBody, eventBody } from './payloads.js';
import type { CountedProcess, SystemUnderTest } from '../servers/system-under-test.js';

export const BASELINES = ['bare HTTP server', 'bare Kafka produce'] as const;
export type Baseline = (typeof BASELINES)[number];
export type ScenarioName = Baseline | 'PUT /agents' | 'POST /events';

/** One kind of request, sent the same way at every concurrency. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly processes: readonly CountedProcess[];
  readonly send: () => Promise<unknown>;
}

export interface Scenarios {
  readonly scenarios: readonly Scenario[];
  close(): Promise<void>;
}

export interface ScenarioOptions {
  readonly system: SystemUnderTest;
  readonly bareHttp: CountedProcess & { readonly url: string };
  readonly keepAlive: boolean;
  readonly connectionsMax: number;
}

/** What one round measures, in this order: the floors first, then Logbook. */
export async function openScenarios({
  system,
  bareHttp,
  keepAlive,
  connectionsMax,
}: ScenarioOptions): Promise<Scenarios> {
  const target = (url: string): HttpTarget => ({ url, apiKey: system.apiKey, keepAlive, connectionsMax });
  const logbook = new HttpRequests(target(system.url));
  const bare = new HttpRequests(target(bareHttp.url));
  const produce = system.brokers === undefined ? undefined : await BareProduce.open(system.brokers);
  const answer = await logbook.send(
    'PUT',
    '/api/v1/fingerprints',
    Buffer.from('{"language":"node","language_version":"20","system":"bench"}'),
  );
  const { fingerprint_id } = JSON.parse(answer) as { fingerprint_id: string };
  const event = eventBody(fingerprint_id);
  const { processes } = system;
  let agents = 0;
  const scenarios: Scenario[] = [
    { name: 'bare HTTP server', processes: [bareHttp], send: () => bare.send('POST', '/', event) },
    ...(produce === undefined
      ? []
      : [
          {
            name: 'bare Kafka produce' as const,
            processes: processes.filter(({ name }) => name === 'Kafka'),
            send: () => produce.send(event),
          },
        ]),
    {
      name: 'PUT /agents',
      processes,
      send: () => logbook.send('PUT', '/api/v1/agents', agentBody(`bench-${(agents += 1)}`)),
    },
    { name: 'POST /events', processes, send: () => logbook.send('POST', '/api/v1/events', event) },
  ];
  return {
    scenarios,
    close: async () => {
      logbook.close();
      bare.close();
      await produce?.close();
    },
  };
}
