import { eventually } from '@logbook/testing';
import { untilCaughtUp } from './caught-up.js';
import { indexes } from './concurrently.js';
import { EventTraffic } from './event-traffic.js';
import { Api } from './harness/api.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { dumpRows, pointedTo } from './rows.js';
import { stopStarted } from './stop-started.js';
import { llmEvent, registerFingerprint } from './telemetry.js';
import { UnfinishedRequest } from './unfinished-request.js';

const WORKERS = 8;
const EVENTS_BEFORE_SIGNAL = 300;
const STOP_MS_MAX = 10_000;
const AT_ONCE_MS_MAX = 5_000;

const signal = (process_: ServiceProcess): boolean => process.kill(process_.pid, 'SIGTERM');

describe.each([
  { drivers: 'scale', start: (): Promise<System> => startScale({ gateways: 1, projectors: 1 }) },
  { drivers: 'embedded', start: (): Promise<System> => startEmbedded() },
])('stopping services on the $drivers drivers while they work', ({ start }) => {
  let system: System;
  let gateway: ServiceProcess;
  let event: object;
  const accepted: string[] = [];

  beforeAll(async () => {
    system = await start();
    gateway = system.gateways[0] as ServiceProcess;
    event = llmEvent(await registerFingerprint(system.api), { agent: 'busy', session: 'busy' });
  }, 150_000);
  afterAll(() => stopStarted(system), 60_000);

  const load = (): EventTraffic =>
    new EventTraffic({ api: new Api(() => [gateway.url], system.apiKey), workers: WORKERS, next: () => event });
  const underLoad = (traffic: EventTraffic): Promise<unknown> =>
    eventually(() => traffic.accepted.length >= EVENTS_BEFORE_SIGNAL, {
      timeoutMs: 60_000,
      what: 'a few hundred accepted events',
    });
  const begin = (): Promise<UnfinishedRequest> =>
    UnfinishedRequest.begin({ url: gateway.url, apiKey: system.apiKey, body: event });
  const untilDeaf = (): Promise<unknown> =>
    eventually(
      async () => {
        const reachable = await fetch(`${gateway.url}/health/live`).then(
          () => true,
          () => false,
        );
        return !reachable;
      },
      { what: 'the gateway to take no further connection' },
    );

  it('answers what it has taken up after SIGTERM, takes nothing new, and ends with 0', async () => {
    const traffic = load();
    await underLoad(traffic);
    const unfinished = await Promise.all(indexes(WORKERS).map(begin));
    const asked = performance.now();
    signal(gateway);
    await untilDeaf();
    const answers = await Promise.all(unfinished.map((request) => request.finish()));
    expect(answers.map(({ status }) => status)).toEqual(indexes(WORKERS).map(() => 200));
    expect(await gateway.ended()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(STOP_MS_MAX);
    await traffic.stop();
    expect(traffic.refused).toEqual([]);
    accepted.push(...traffic.accepted, ...answers.map(({ text }) => (JSON.parse(text) as { id: string }).id));
  }, 90_000);

  it('has every accepted event when it is started again', async () => {
    await gateway.start();
    await system.untilReadable();
    await untilCaughtUp(system);
    const { events = [] } = await system.withStore(dumpRows);
    const ids = new Set(events.map((row) => (JSON.parse(row) as { event_id: string }).event_id));
    expect(accepted.filter((id) => !ids.has(id))).toEqual([]);
    expect(ids.size).toBeGreaterThanOrEqual(accepted.length);
  }, 90_000);

  it('ends at once with 130 on a second signal, whatever it waits for', async () => {
    const unfinished = await begin();
    signal(gateway);
    await untilDeaf();
    const asked = performance.now();
    signal(gateway);
    expect(await gateway.ended()).toEqual({ code: 130, signal: null });
    expect(performance.now() - asked).toBeLessThan(AT_ONCE_MS_MAX);
    unfinished.abandon();
    await gateway.start();
    await system.untilReadable();
  }, 60_000);
});

describe('stopping a projector while it works', () => {
  let system: System;
  let projector: ServiceProcess;
  let traffic: EventTraffic;

  beforeAll(async () => {
    system = await startScale({ gateways: 1, projectors: 1 });
    projector = system.projectors[0] as ServiceProcess;
    const event = llmEvent(await registerFingerprint(system.api), { agent: 'busy', session: 'busy' });
    traffic = new EventTraffic({ api: system.api, workers: 4, next: () => event });
  }, 150_000);
  afterAll(() => stopStarted(traffic, system), 60_000);

  it('ends with 0 on SIGTERM and goes on where it was when it is started again', async () => {
    await eventually(() => traffic.accepted.length >= EVENTS_BEFORE_SIGNAL, {
      timeoutMs: 60_000,
      what: 'a few hundred accepted events',
    });
    const asked = performance.now();
    expect(await projector.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(STOP_MS_MAX);
    await projector.start();
    await traffic.stop();
    await untilCaughtUp(system);
    const rows = await system.withStore(dumpRows);
    const sessions = (rows['sessions'] ?? []).map((row) => (JSON.parse(row) as { event_count: number }).event_count);
    expect(sessions).toEqual([traffic.accepted.length]);
    expect(rows['events']).toHaveLength(traffic.accepted.length);
    expect([...traffic.refused, ...traffic.unanswered]).toEqual([]);
  }, 90_000);

  it('ends at once with 130 on a second signal, though a batch cannot be written', async () => {
    await system.withStore(async (store) => {
      const schema = await pointedTo(store);
      const locked = await store.pool.connect();
      try {
        await locked.query('BEGIN');
        await locked.query(`LOCK TABLE "${schema}".events IN ACCESS EXCLUSIVE MODE`);
        const fingerprintId = await registerFingerprint(system.api);
        expect((await system.api.post('/events', llmEvent(fingerprintId, { session: 'held up' }))).status).toBe(200);
        await eventually(
          async () => {
            const { rows } = await store.pool.query(
              'SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass',
              [`"${schema}".events`],
            );
            return rows.length > 0;
          },
          { what: 'the projector to wait for the table' },
        );
        signal(projector);
        // Nothing shows that it has seen the first signal; one of the next is the second for sure.
        await eventually(
          () => {
            if (projector.running) signal(projector);
            return !projector.running;
          },
          { timeoutMs: AT_ONCE_MS_MAX, intervalMs: 200, what: 'the projector to end' },
        );
        expect(await projector.ended()).toEqual({ code: 130, signal: null });
      } finally {
        await locked.query('ROLLBACK');
        locked.release();
      }
    });
    await projector.start();
    await untilCaughtUp(system);
  }, 60_000);
});
