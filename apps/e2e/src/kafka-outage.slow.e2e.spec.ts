import { eventually, type KafkaService, startKafka, uniqueName } from '@logbook/testing';
import { untilCaughtUp } from './caught-up.js';
import { EventTraffic } from './event-traffic.js';
import { Api } from './harness/api.js';
import { builtProgram } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { dumpRows } from './rows.js';
import { stopStarted } from './stop-started.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

const TIMEOUT_MS = 420_000;
const WORKERS = 4;
/** The hold of a gateway, and time to spare on a busy machine. */
const ANSWERED_WITHIN_MS = 10_000;
const DRAINED_WITHIN_MS = 60_000;
/** A projector's consumers wait for the sessions of their former selves first. */
const PROJECTED_WITHIN_MS = 150_000;

interface SpoolDocument {
  readonly running: boolean;
  readonly pid: number | null;
  readonly messages: number;
  readonly oldest_at: string | null;
  readonly parked_messages: number;
}
interface Readiness {
  readonly checks: { readonly log: { up: boolean }; readonly spool: { mode: string; messages: number } };
}

/** Clients never retry: while the broker is away every answer is still 2xx, and every event is a row afterwards, once. */
describe('an outage of Kafka behind the gateways', () => {
  let broker: KafkaService;
  let system: System;
  let first: ServiceProcess;
  let second: ServiceProcess;
  let fingerprintId: string;
  let traffic: EventTraffic;
  const started: EventTraffic[] = [];
  const accepted: string[] = [];

  beforeAll(async () => {
    broker = await startKafka();
    system = await startScale({ gateways: 2, projectors: 1, servers: { kafkaBrokers: broker.brokers } });
    [first, second] = system.gateways as [ServiceProcess, ServiceProcess];
    fingerprintId = await registerFingerprint(system.api);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await stopStarted(...started, system);
    await broker.stop();
  }, TIMEOUT_MS);

  const load = (gateways: readonly ServiceProcess[]): EventTraffic => {
    const agent = uniqueName('agent');
    const begun = new EventTraffic({
      api: new Api(() => gateways.map(({ url }) => url), system.apiKey),
      workers: WORKERS,
      next: (number) =>
        llmEvent(fingerprintId, {
          agent: `${agent}-${number % 20}`,
          person: `person-${number}`,
          session: `${agent}-${number % 7}`,
        }),
    });
    started.push(begun);
    return begun;
  };
  const untilAccepted = (count: number): Promise<unknown> =>
    eventually(() => traffic.accepted.length >= count, { timeoutMs: 60_000, what: `${count} accepted events` });
  const readiness = async (gateway: ServiceProcess): Promise<Readiness & { status: number }> => {
    const answer = await fetch(`${gateway.url}/health/ready`);
    return { ...((await answer.json()) as Readiness), status: answer.status };
  };
  const untilMode = (gateway: ServiceProcess, mode: string): Promise<unknown> =>
    eventually(async () => (await readiness(gateway)).checks.spool.mode === mode, {
      timeoutMs: DRAINED_WITHIN_MS,
      intervalMs: 200,
      what: `${gateway.name} to be ${mode}`,
    });
  /** As the operator sees it on the machine of that gateway. */
  const spoolsOf = async (gateway: ServiceProcess): Promise<SpoolDocument[]> => {
    const { code, stdout, stderr } = await runProgram({
      command: process.execPath,
      args: [builtProgram('cli'), 'spool', 'status', '--json'],
      environment: gateway.environment,
      timeoutMs: 60_000,
    });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as SpoolDocument[];
  };

  /** Ends the traffic, which must have met 200 alone, and waits until its events are rows. */
  async function everythingIsThere(): Promise<void> {
    await traffic.stop();
    expect(traffic.refused).toEqual([]);
    expect(traffic.unanswered).toEqual([]);
    accepted.push(...traffic.accepted);
    await Promise.all(system.gateways.map((gateway) => untilMode(gateway, 'DIRECT')));
    // As whatever supervises the services does: a projector may end when its broker is away for long.
    for (const projector of system.projectors) if (!projector.running) await projector.start();
    await untilCaughtUp(system, PROJECTED_WITHIN_MS);
    const { events = [] } = await system.withStore(dumpRows);
    const ids = events.map((row) => (JSON.parse(row) as { event_id: string }).event_id);
    expect(accepted.filter((id) => !new Set(ids).has(id))).toEqual([]);
    expect(ids).toHaveLength(accepted.length);
  }

  it(
    'a broker that is killed and restarted costs no event and no fingerprint',
    async () => {
      traffic = load(system.gateways);
      await untilAccepted(50);
      await broker.kill();
      await untilAccepted(traffic.accepted.length + 200);
      const began = performance.now();
      const made = await new Api(() => [first.url], system.apiKey).put('/fingerprints', {
        language: 'node',
        language_version: uniqueName('version'),
        system: 'e2e',
      });
      expect(made.status).toBe(200);
      expect(performance.now() - began).toBeLessThan(ANSWERED_WITHIN_MS);
      const madeId = made.json<{ fingerprint_id: string }>().fingerprint_id;
      const elsewhere = await new Api(() => [second.url], system.apiKey).post('/events', llmEvent(madeId, {}));
      expect([elsewhere.status, elsewhere.text]).toEqual([200, expect.stringContaining('id')]);
      accepted.push(elsewhere.json<{ id: string }>().id);
      expect(await readiness(first)).toMatchObject({
        status: 200,
        checks: { log: { up: false }, spool: { mode: 'SPOOLING' } },
      });
      const put = await new Api(() => [first.url], system.apiKey).put('/agents', { agent_name: 'promises-a-read' });
      expect([put.status, put.headers['retry-after']]).toEqual([503, '1']);
      await broker.restart();
      await untilAccepted(traffic.accepted.length + 200);
      await everythingIsThere();
    },
    TIMEOUT_MS,
  );

  it(
    'a broker that holds still and goes on costs no event',
    async () => {
      traffic = load(system.gateways);
      await untilAccepted(50);
      await broker.pause();
      await untilAccepted(traffic.accepted.length + 200);
      await untilMode(first, 'SPOOLING');
      await broker.resume();
      await untilAccepted(traffic.accepted.length + 200);
      await everythingIsThere();
    },
    TIMEOUT_MS,
  );

  it(
    'a gateway that is restarted, and one that is killed, while they spool lose nothing they have answered',
    async () => {
      traffic = load([second]);
      await broker.kill();
      await untilAccepted(100);
      await traffic.stop();
      accepted.push(...traffic.accepted);
      expect(traffic.refused).toEqual([]);
      const spooled = await spoolsOf(second);
      expect(spooled).toMatchObject([{ running: true, pid: second.pid, parked_messages: 0 }]);
      expect(spooled[0]?.messages).toBeGreaterThanOrEqual(traffic.accepted.length);
      await second.kill();
      expect(await spoolsOf(second)).toMatchObject([{ running: false, pid: null, messages: spooled[0]?.messages }]);
      await second.start();
      traffic = load([second]);
      await untilAccepted(100);
      await traffic.stop();
      accepted.push(...traffic.accepted);
      expect(traffic.refused).toEqual([]);
      expect(await second.stop()).toEqual({ code: 0, signal: null });
      await second.start();
      traffic = load(system.gateways);
      await untilAccepted(50);
      await broker.restart();
      await untilAccepted(traffic.accepted.length + 100);
      await everythingIsThere();
    },
    TIMEOUT_MS,
  );
});
