import { runLoad } from '../cost/load.js';
import { EventRequests } from '../end-to-end/event-requests.js';
import { processorTimeUs } from '../processor-time.js';
import {
  fingerprintOf,
  processOf,
  startSystem,
  type CountedProcess,
  type SystemUnderTest,
} from '../servers/system-under-test.js';
import type { GatewaysOptions } from './gateways.options.js';

/** One measurement of one round. Microseconds are of processor time, an event. */
export interface GatewaysSample {
  readonly round: number;
  readonly gateways: 1 | 2;
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Of all gateways that were sent to. */
  readonly gatewayUs: number;
  readonly kafkaUs: number;
  readonly generatorUs: number;
}

/** Shared by the gateways, so that Kafka and the clients have the same to do in both cases. */
const CONNECTIONS = 64;

/** Both gateways run all the time: in the rounds of one, the other idles. */
export async function measureGateways(
  { rounds, seconds, warmUpSeconds }: GatewaysOptions,
  say: (sentence: string) => void,
): Promise<GatewaysSample[]> {
  say('starting Kafka and two gateways');
  const system = await startSystem('kafka', { projecting: false, gateways: 2 });
  try {
    const { apiKey } = system;
    const requests = new EventRequests({ apiKey, fingerprintId: await fingerprintOf(system), eventsPerRequest: 1 });
    say('warming up');
    await load(system, { gateways: 2, seconds: warmUpSeconds, requests });
    const samples: GatewaysSample[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      for (const gateways of [1, 2] as const) {
        samples.push({ round, ...(await load(system, { gateways, seconds, requests })) });
      }
    }
    return samples;
  } finally {
    await system.stop();
  }
}

async function load(
  system: SystemUnderTest,
  options: { readonly gateways: 1 | 2; readonly seconds: number; readonly requests: EventRequests },
): Promise<Omit<GatewaysSample, 'round'>> {
  const { gateways, seconds, requests } = options;
  const targets = system.gateways.slice(0, gateways);
  const used = (): Record<'gatewayUs' | 'kafkaUs' | 'generatorUs', number> => ({
    gatewayUs: usedUs(targets),
    kafkaUs: usedUs([processOf(system, 'Kafka')]),
    generatorUs: process.cpuUsage().user + process.cpuUsage().system,
  });
  const before = used();
  const loads = await Promise.all(
    targets.map(({ url }) =>
      runLoad({
        port: Number(new URL(url).port),
        concurrency: CONNECTIONS / gateways,
        keepAlive: true,
        seconds,
        requests: () => requests.next(),
      }),
    ),
  );
  const after = used();
  const events = loads.reduce((sum, each) => sum + each.events, 0);
  return {
    gateways,
    events,
    eventsPerSecond: events / Math.max(...loads.map((each) => each.seconds)),
    gatewayUs: (after.gatewayUs - before.gatewayUs) / events,
    kafkaUs: (after.kafkaUs - before.kafkaUs) / events,
    generatorUs: (after.generatorUs - before.generatorUs) / events,
  };
}

const usedUs = (processes: readonly CountedProcess[]): number =>
  processes.reduce((sum, { pid }) => sum + (processorTimeUs(pid) ?? Number.NaN), 0);
