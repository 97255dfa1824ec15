import { setTimeout as moment } from 'node:timers/promises';
import { type KafkaService, startKafka, uniqueName } from '@logbook/testing';
import { Api } from './harness/api.js';
import { findPython } from './harness/python.js';
import { builtProgram } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { Clients } from './outage/clients.js';
import { problemsOf } from './outage/everything-kept.js';
import { outageLength } from './outage/outage-length.js';
import { readiness, untilSpoolIs } from './outage/spool-mode.js';
import { stopStarted } from './stop-started.js';
import { llmEvent } from './telemetry.js';

const TIMEOUT_MS = 420_000;
/** The hold of a gateway, and time to spare on a busy machine. */
const ANSWERED_WITHIN_MS = 10_000;
const KILLS = outageLength({ usual: 1, full: 3 });
/** How long a broker stays away that is killed, and one that holds still. */
const KILLED_MS = outageLength({ usual: 0, full: 10_000 });
const STILL_MS = outageLength({ usual: 0, full: 60_000 });
const ACCEPTED_MEANWHILE = 50;

interface SpoolDocument {
  readonly running: boolean;
  readonly pid: number | null;
  readonly messages: number;
  readonly oldest_at: string | null;
  readonly parked_messages: number;
}
const withPython = findPython() !== undefined;

/** Clients never retry: while the broker is away every answer is still 2xx, and every event is a row afterwards, once. */
describe('an outage of Kafka behind the gateways', () => {
  let broker: KafkaService;
  let system: System;
  let first: ServiceProcess;
  let second: ServiceProcess;
  let clients: Clients;

  beforeAll(async () => {
    broker = await startKafka();
    system = await startScale({ gateways: 2, projectors: 1, servers: { kafkaBrokers: broker.brokers } });
    [first, second] = system.gateways as [ServiceProcess, ServiceProcess];
    clients = await Clients.of(system);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await stopStarted(clients, system);
    await broker.stop();
  }, TIMEOUT_MS);

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

  it(
    `a broker that is killed and restarted costs no event and no fingerprint, also on a gateway that is restarted meanwhile${
      withPython ? '' : ' (without the published client: no Python 3.10 or newer with venv and pip on the PATH)'
    }`,
    async () => {
      clients.start(system.gateways);
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await broker.kill();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
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
      clients.ids.push(elsewhere.json<{ id: string }>().id);
      expect(await readiness(first)).toMatchObject({
        status: 200,
        checks: { log: { up: false }, spool: { mode: 'SPOOLING' } },
      });
      const put = await new Api(() => [first.url], system.apiKey).put('/agents', { agent_name: 'promises-a-read' });
      expect([put.status, put.headers['retry-after']]).toEqual([503, '1']);
      // Clients that cannot reach a gateway see its restart, not the outage: they use the other one meanwhile.
      await clients.stop();
      clients.start([first]);
      await second.restart();
      await clients.stop();
      clients.start(system.gateways);
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await moment(KILLED_MS);
      await broker.restart();
      for (let kill = 1; kill < KILLS; kill += 1) {
        await clients.untilAccepted(ACCEPTED_MEANWHILE);
        await broker.kill();
        await clients.untilAccepted(ACCEPTED_MEANWHILE);
        await moment(KILLED_MS);
        await broker.restart();
      }
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      expect(await problemsOf(clients, system)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'a broker that holds still and goes on costs no event',
    async () => {
      clients.start(system.gateways);
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await broker.pause();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await untilSpoolIs('SPOOLING', first);
      await moment(STILL_MS);
      await broker.resume();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      expect(await problemsOf(clients, system)).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'a gateway that is restarted, and one that is killed, while they spool lose nothing they have answered',
    async () => {
      clients.start([second]);
      await broker.kill();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await clients.stop();
      const spooled = await spoolsOf(second);
      expect(spooled).toMatchObject([{ running: true, pid: second.pid, parked_messages: 0 }]);
      expect(spooled[0]?.messages).toBeGreaterThanOrEqual(ACCEPTED_MEANWHILE);
      await second.kill();
      expect(await spoolsOf(second)).toMatchObject([{ running: false, pid: null, messages: spooled[0]?.messages }]);
      await second.start();
      clients.start([second]);
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await clients.stop();
      expect(await second.stop()).toEqual({ code: 0, signal: null });
      await second.start();
      clients.start(system.gateways);
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await broker.restart();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      expect(await problemsOf(clients, system)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
