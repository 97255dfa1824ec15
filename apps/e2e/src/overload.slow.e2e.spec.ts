import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { Flood, type FloodOutcome } from './hostile/flood.js';
import { settledEvents } from './outage/everything-kept.js';
import { losses } from './outage/kept-events.js';
import { outageLength } from './outage/outage-length.js';
import { stopStarted } from './stop-started.js';
import { registerFingerprint } from './telemetry.js';

const TIMES_OVER = 10;
const MEASURED_MS = 2_000;
const FLOOD_MS = outageLength({ usual: 6_000, full: 30_000 });
/** Fewer than may wait to be accepted (Linux: 4,096): a connection beyond that is the system's to refuse, and not the gateway's. */
const CONNECTIONS_MAX = 3_000;
/** What docs/operations.md says a gateway needs at the most. */
const RSS_MIB_MAX = 1_792;
const TIMEOUT_MS = 400_000;

/** Source: proc_pid_status(5), VmHWM, in units of 1024 bytes. */
const peakMiB = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux(`a gateway sent ${TIMES_OVER} times what it can take`, () => {
  let system: System;
  let fingerprintId: string;
  const accepted: string[] = [];

  beforeAll(async () => {
    system = await startScale({ gateways: 1, projectors: 1 });
    fingerprintId = await registerFingerprint(system.api);
  }, TIMEOUT_MS);
  afterAll(() => stopStarted(system), TIMEOUT_MS);

  const gateway = (): ServiceProcess => system.gateways[0] as ServiceProcess;
  const event = (bytes: number): object => ({
    event_name: 'llm',
    fingerprint_id: fingerprintId,
    session: 'flood',
    properties: { api: 'another-api', output: randomBytes(bytes / 2).toString('hex') },
  });
  const events = (count: number, bytes: number): object => ({
    events: Array.from({ length: count }, () => event(bytes)),
  });

  async function flooded({
    path,
    workers,
    body,
  }: {
    path: string;
    workers: number;
    body: object;
  }): Promise<FloodOutcome> {
    const flood = new Flood({
      url: gateway().url,
      apiKey: system.apiKey,
      path,
      body: Buffer.from(JSON.stringify(body)),
      connectionsMax: CONNECTIONS_MAX,
    });
    const perSecond = await flood.inTurn({ workers, forMs: MEASURED_MS });
    await flood.atRate({ perSecond: TIMES_OVER * perSecond, forMs: FLOOD_MS });
    const outcome = flood.outcome();
    // More than a call takes arguments.
    for (const id of outcome.ids) accepted.push(id);
    process.stderr.write(
      `${path} took ${perSecond.toFixed(0)} requests a second, was sent ${outcome.sent} in all (${outcome.unsent} more were due), and answered ` +
        `${[...outcome.statuses].map(([status, times]) => `${times} times ${status}`).join(', ')}, ` +
        `the slowest after ${(outcome.slowestMs / 1_000).toFixed(1)} s; memory so far ${peakMiB(gateway().pid).toFixed(0)} MiB\n`,
    );
    return outcome;
  }

  it(
    'in single events answers 2xx, or 503 or 429 with Retry-After, and nothing else',
    async () => {
      const outcome = await flooded({ path: '/events', workers: 16, body: event(1_000) });
      expect(outcome.wrong).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'in batches of 1 MB refuses what has no room, and answers as before',
    async () => {
      const outcome = await flooded({ path: '/events/batch', workers: 4, body: events(25, 40_000) });
      expect(outcome.wrong).toEqual([]);
      expect(outcome.statuses.get(503)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'in batches of the largest size refuses what has no room, and answers as before',
    async () => {
      const outcome = await flooded({ path: '/events/batch', workers: 2, body: events(4, 4_000_000) });
      expect(outcome.wrong).toEqual([]);
      expect(outcome.statuses.get(503)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it('takes no more memory than docs/operations.md says', () => {
    expect(peakMiB(gateway().pid)).toBeLessThan(RSS_MIB_MAX);
  });

  it('takes events as before when the flood is over', async () => {
    expect(await registerFingerprint(system.api)).toBe(fingerprintId);
    expect((await fetch(`${gateway().url}/health/ready`)).status).toBe(200);
  });

  it(
    'keeps every event it has accepted, once',
    async () => {
      const kept = await settledEvents(system);
      expect(losses(kept, { ids: accepted, persons: [] })).toEqual([]);
      expect(new Set(accepted).size).toBe(accepted.length);
      expect(accepted.filter((id) => kept.inLog.get(id) !== 1)).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
