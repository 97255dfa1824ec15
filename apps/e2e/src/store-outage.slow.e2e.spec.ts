import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as moment } from 'node:timers/promises';
import {
  eventually,
  type PostgresService,
  type RedisService,
  startPostgres,
  startRedis,
  uniqueName,
} from '@logbook/testing';
import { Api } from './harness/api.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { Clients } from './outage/clients.js';
import { problemsOf } from './outage/everything-kept.js';
import { outageLength } from './outage/outage-length.js';
import { stopStarted } from './stop-started.js';
import { llmEvent } from './telemetry.js';

const TIMEOUT_MS = 300_000;
const AWAY_MS = outageLength({ usual: 0, full: 30_000 });
const ACCEPTED_MEANWHILE = 50;
/** A probe of a balancer gives up after some seconds. */
const PROBE_TIMEOUT_MS = 5_000;
const RECOVERED_WITHIN_MS = 60_000;

/** What answers whatever it is asked with the same text. */
async function startRubbish(port: number, answer: string): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    // Once for each command, as a client expects it.
    const commands = (bytes: Buffer): number => bytes.toString().match(/^\*\d/gm)?.length ?? 1;
    socket.on('error', () => undefined).on('data', (bytes) => socket.write(answer.repeat(commands(bytes))));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Events and fingerprints need neither, reads need Postgres, and nothing but speed needs Redis. */
describe('an outage of Postgres or Redis behind the gateways', () => {
  let postgres: PostgresService;
  let redis: RedisService;
  let system: System;
  let clients: Clients;
  let agent: string;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres({ fsync: false }), startRedis()]);
    const servers = { databaseUrl: postgres.url, redisUrl: redis.url };
    system = await startScale({ gateways: 2, projectors: 1, servers });
    clients = await Clients.of(system);
    agent = uniqueName('agent');
    expect((await system.api.put('/agents', { agent_name: agent })).status).toBe(200);
    clients.start(system.gateways);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await stopStarted(clients, system);
    await Promise.all([postgres.stop(), redis.stop()]);
  }, TIMEOUT_MS);

  const readiness = async (gateway: ServiceProcess): Promise<{ status: number; checks: object }> => {
    const answer = await fetch(`${gateway.url}/health/ready`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return { status: answer.status, checks: ((await answer.json()) as { checks: object }).checks };
  };
  /** Also where the test failed: the next one begins with everything there. */
  async function whileAway(leave: () => Promise<void>, comeBack: () => Promise<void>, work: () => Promise<void>) {
    await leave();
    try {
      await work();
    } finally {
      await comeBack();
    }
  }
  /** What the projector says of what it has not applied. */
  const lag = async (): Promise<number> => {
    const [projector] = system.projectors as [ServiceProcess];
    const text = await (await fetch(`${projector.url}/metrics`)).text();
    const samples = text.matchAll(/^logbook_projection_lag_messages\{[^}]*\} (\d+)$/gm);
    return [...samples].reduce((sum, [, messages]) => sum + Number(messages), 0);
  };
  const untilLag = (holds: (messages: number) => boolean, what: string): Promise<unknown> =>
    eventually(async () => holds(await lag()), { timeoutMs: RECOVERED_WITHIN_MS, intervalMs: 200, what });
  const untilReads = (): Promise<unknown> =>
    eventually(
      async () =>
        (
          await Promise.all(system.urls.map((url) => new Api(() => [url], system.apiKey).get(`/agents/${agent}`)))
        ).every(({ status }) => status === 200),
      { timeoutMs: RECOVERED_WITHIN_MS, intervalMs: 200, what: 'both gateways to answer reads by themselves' },
    );

  it.each([
    {
      what: 'killed',
      leave: () => postgres.kill(),
      comeBack: () => postgres.restart(),
    },
    {
      what: 'still',
      leave: () => postgres.pause(),
      comeBack: () => postgres.resume(),
    },
  ])(
    'while Postgres is $what events and fingerprints are taken, reads say 503 and come back by themselves, and lag grows and drains',
    async ({ leave, comeBack }) => {
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      let seen = 0;
      await whileAway(leave, comeBack, async () => {
        await clients.untilAccepted(ACCEPTED_MEANWHILE);
        const [get, put] = await Promise.all([
          system.api.get(`/agents/${agent}`),
          system.api.put('/agents', { agent_name: agent }),
        ]);
        expect([get.status, get.headers['retry-after']]).toEqual([503, '1']);
        expect([put.status, put.headers['retry-after']]).toEqual([503, '1']);
        for (const gateway of system.gateways) {
          expect(await readiness(gateway)).toMatchObject({
            status: 200,
            checks: { store: { up: false }, spool: { mode: 'DIRECT' } },
          });
        }
        await untilLag((messages) => messages > 0, 'lag to be seen');
        seen = await lag();
        await moment(AWAY_MS);
        await untilLag((messages) => messages > seen, 'lag to grow');
      });
      await untilReads();
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await untilLag((messages) => messages < seen, 'lag to drain');
    },
    TIMEOUT_MS,
  );

  let standIn: { stop(): Promise<void> } | undefined;
  it.each([
    {
      what: 'killed',
      leave: () => redis.kill(),
      comeBack: () => redis.restart(),
      up: false,
    },
    {
      what: 'still',
      leave: () => redis.pause(),
      comeBack: () => redis.resume(),
      up: false,
    },
    {
      what: 'emptied',
      leave: async () => {
        const client = connect(redis.port, '127.0.0.1');
        client.write('FLUSHALL\r\n');
        expect(String(await once(client, 'data'))).toContain('OK');
        client.destroy();
      },
      comeBack: () => Promise.resolve(),
      up: true,
    },
    {
      what: 'replaced by what always answers that a key is there',
      leave: async () => {
        await redis.kill();
        standIn = await startRubbish(redis.port, '+1\r\n');
      },
      comeBack: async () => {
        await standIn?.stop();
        await redis.restart();
      },
      up: false,
    },
  ])(
    'while Redis is $what nothing is refused, and every name and fingerprint counts as what it is',
    async ({ leave, comeBack, up }) => {
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
      await whileAway(leave, comeBack, async () => {
        await clients.untilAccepted(ACCEPTED_MEANWHILE);
        const [first, second] = system.gateways as [ServiceProcess, ServiceProcess];
        await eventually(async () => expect((await readiness(first)).checks).toMatchObject({ cache: { up } }), {
          what: 'the gateway to say how Redis is',
        });
        const made = await new Api(() => [first.url], system.apiKey).put('/fingerprints', {
          language: 'node',
          language_version: uniqueName('version'),
          system: 'e2e',
        });
        const name = uniqueName('named');
        const { fingerprint_id: fingerprintId } = made.json<{ fingerprint_id: string }>();
        const used = await new Api(() => [second.url], system.apiKey).post(
          '/events',
          llmEvent(fingerprintId, { agent: name }),
        );
        expect([made.status, used.status]).toEqual([200, 200]);
        clients.ids.push(used.json<{ id: string }>().id);
        await eventually(async () => expect((await system.api.get(`/agents/${name}`)).status).toBe(200), {
          what: 'the agent that the event names to exist',
        });
      });
      await clients.untilAccepted(ACCEPTED_MEANWHILE);
    },
    TIMEOUT_MS,
  );

  it(
    'every event that was accepted meanwhile is in the log and one row, and every lag is gone',
    async () => {
      expect(await problemsOf(clients, system)).toEqual([]);
      await untilLag((messages) => messages === 0, 'nothing to be behind');
    },
    TIMEOUT_MS,
  );
});
