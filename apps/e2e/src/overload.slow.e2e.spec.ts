import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Api } from './harness/api.js';
import { startScale } from './harness/scale-system.js';
import type { ServiceProcess } from './harness/service-process.js';
import type { System } from './harness/system.js';
import { BatchFlood, type FloodOutcome } from './outage/batch-flood.js';
import { settledEvents } from './outage/everything-kept.js';
import { type KeptEvents, losses } from './outage/kept-events.js';
import { outageLength } from './outage/outage-length.js';
import { stopStarted } from './stop-started.js';
import { registerFingerprint } from './telemetry.js';

const TIMES_OVER = 10;
const MEASURED_MS = 3_000;
/** What has room waits for what came before; clients have no time-out of their own. */
const ANSWERED_WITHIN_MS = 180_000;
const FLOOD_MS = outageLength({ usual: 6_000, full: 30_000 });
/** Few large events: what costs the gateway much costs this process little. */
const EVENTS_OF_A_BATCH = 25;
const EVENT_BYTES = 40_000;
/** What docs/operations.md says a gateway needs at the most. */
const RSS_MIB_MAX = 1_024;

const mebibytes = (field: string, pid: number): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const itOnLinux = process.platform === 'linux' ? it : it.skip;

describe(`a gateway sent ${TIMES_OVER} times what it can take`, () => {
  let system: System;
  let outcome: FloodOutcome;
  let kept: KeptEvents;
  let rssMiB: number;

  beforeAll(async () => {
    system = await startScale({ gateways: 1, projectors: 1 });
    const fingerprintId = await registerFingerprint(system.api);
    const event = () => ({
      event_name: 'llm',
      fingerprint_id: fingerprintId,
      session: 'flood',
      properties: { api: 'another-api', output: randomBytes(EVENT_BYTES / 2).toString('hex') },
    });
    const body = Buffer.from(JSON.stringify({ events: Array.from({ length: EVENTS_OF_A_BATCH }, event) }));
    const flood = new BatchFlood(new Api(() => system.urls, system.apiKey, ANSWERED_WITHIN_MS), body);
    const perSecond = await flood.inTurn({ workers: 4, forMs: MEASURED_MS });
    const [gateway] = system.gateways as [ServiceProcess];
    const before = process.platform === 'linux' ? mebibytes('VmRSS', gateway.pid) : 0;
    await flood.atRate({ perSecond: TIMES_OVER * perSecond, forMs: FLOOD_MS });
    outcome = flood.outcome();
    rssMiB = process.platform === 'linux' ? mebibytes('VmHWM', gateway.pid) : 0;
    kept = await settledEvents(system);
    process.stderr.write(
      `it took ${perSecond.toFixed(1)} batches of ${body.length} bytes a second, was sent ${outcome.sent} in all, and answered ` +
        `${[...outcome.statuses].map(([status, times]) => `${times} times ${status}`).join(', ')}; ` +
        `memory before ${before.toFixed(0)} MiB, at most ${rssMiB.toFixed(0)} MiB\n`,
    );
  }, 400_000);
  afterAll(() => stopStarted(system), 60_000);

  it('answers 2xx, or 503 or 429 with Retry-After, and nothing else', () => {
    expect(outcome.wrong).toEqual([]);
    expect(outcome.sent).toBeGreaterThan(outcome.statuses.get(503) ?? 0);
  });

  it('keeps every event it has accepted, once', () => {
    expect(losses(kept, { ids: outcome.ids, persons: [] })).toEqual([]);
    expect(kept.rows.size).toBe(outcome.ids.length);
  });

  itOnLinux('takes no more memory than docs/operations.md says', () => {
    expect(rssMiB).toBeLessThan(RSS_MIB_MAX);
  });

  it('takes events as before when the flood is over', async () => {
    const { status, text } = await system.api.put('/fingerprints', {
      language: 'a',
      language_version: 'b',
      system: 'c',
    });
    expect([status, text]).toEqual([200, expect.stringContaining('fingerprint_id')]);
    expect((await fetch(`${system.urls[0]}/health/ready`)).status).toBe(200);
  });
});
