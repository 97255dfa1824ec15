import { BareProduce } from '../latency/bare-produce.js';
import { HttpRequests } from '../latency/http-requests.js';
import { agentBody, eventBody } from '../latency/payloads.js';
import { latencyOf, type Latency } from './latency-of.js';
import { openLoop } from './open-loop.js';
import type { Rig } from './rig.js';
import { Visibility } from './visibility.js';

export interface Latencies {
  readonly eventsPerSecond: number;
  readonly refused: number;
  readonly post: Latency;
  /** On Kafka alone, at the same time: one message of the same size, acknowledged by all. */
  readonly bareProduce: Latency | null;
  readonly visible: Latency;
  readonly putAgent: Latency;
}

const PRODUCED_PER_SECOND = 20;
const PUTS_PER_SECOND = 5;
const LOOKED_AT_PER_SECOND = 20;

export async function measureLatencies(rig: Rig, eventsPerSecond: number, seconds: number): Promise<Latencies> {
  const { url, apiKey, brokers } = rig.system;
  const visibility = new Visibility(rig.projected);
  const every = Math.max(1, Math.round(eventsPerSecond / rig.eventsPerRequest / LOOKED_AT_PER_SECOND));
  let answered = 0;
  const produce = brokers === undefined ? undefined : await BareProduce.open(brokers);
  const message = eventBody('11111111-1111-8111-8111-111111111111');
  const puts = new HttpRequests({ url, apiKey, keepAlive: true, connectionsMax: 8 });
  let agents = 0;
  const put = (): Promise<string> => puts.send('PUT', '/api/v1/agents', agentBody(`at-half-${(agents += 1)}`));
  const produceOne = async (): Promise<string> => {
    await produce?.send(message);
    return '';
  };
  const eight = <T>(each: T): T[] => Array.from({ length: 8 }, () => each);
  try {
    const [sent, produced, agentsPut] = await Promise.all([
      rig.send({ eventsPerSecond, seconds }, (id, dueMs) => {
        answered += 1;
        if (answered % every === 0) visibility.expect(id, dueMs);
      }),
      produce === undefined
        ? undefined
        : openLoop({ requestsPerSecond: PRODUCED_PER_SECOND, seconds, senders: eight(produceOne) }),
      openLoop({ requestsPerSecond: PUTS_PER_SECOND, seconds, senders: eight(put) }),
    ]);
    await visibility.settled();
    return {
      eventsPerSecond,
      refused: sent.refused + agentsPut.refused,
      post: latencyOf(sent),
      bareProduce: produced === undefined ? null : latencyOf(produced),
      visible: latencyOf(visibility),
      putAgent: latencyOf(agentsPut),
    };
  } finally {
    puts.close();
    await produce?.close();
  }
}
