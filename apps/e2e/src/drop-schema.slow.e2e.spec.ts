import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { untilCaughtUp } from './caught-up.js';
import { concurrently, indexes } from './concurrently.js';
import { EventTraffic } from './event-traffic.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { ReadWatch } from './read-watch.js';
import { dumpRows, pointedTo, type Rows } from './rows.js';
import { stopStarted } from './stop-started.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

const EVENTS = 2_000;
const CLIENTS = 16;
/** A read that waits as long as it does by default may outwait a whole rebuild, and nobody sees the 503. */
const IMPATIENT = { LOGBOOK_READ_WAIT_MS: '100' };

/** Loses the projections and brings their process back; whoever takes requests goes on meanwhile where it can. */
type LoseProjections = (system: System) => Promise<void>;

const dropSchema: LoseProjections = async (system) => {
  await system.withStore(async (store) => {
    await store.pool.query(`DROP SCHEMA "${await pointedTo(store)}" CASCADE`);
  });
  await system.projectors[0]?.restart();
};

const deleteDirectory: LoseProjections = async (system) => {
  await system.gateways[0]?.stop();
  await rm(join(system.environment['LOGBOOK_DATA_DIR'] ?? '', 'postgres'), { recursive: true });
  await system.gateways[0]?.start();
};

describe.each([
  {
    drivers: 'scale',
    how: 'its schema is dropped',
    start: () => startScale({ gateways: 2, projectors: 1, environment: IMPATIENT }),
    lose: dropSchema,
  },
  {
    drivers: 'embedded',
    how: 'its directory is deleted',
    start: () => startEmbedded({ environment: IMPATIENT }),
    lose: deleteDirectory,
  },
])('the $drivers projection after $how', ({ drivers, start, lose }) => {
  let system: System;
  let before: Rows;
  let after: Rows;
  let reads: ReadWatch;
  let traffic: EventTraffic;

  beforeAll(async () => {
    system = await start();
    const { api } = system;
    const fingerprintId = await registerFingerprint(api);
    // What goes on while the projections are away names nothing new, so that all it may add is rows of events.
    await api.post('/events', llmEvent(fingerprintId, { agent: 'meanwhile' }));
    await concurrently(indexes(EVENTS), CLIENTS, async (index) => {
      const names = {
        agent: `agent-${index % 50}`,
        agent_version: `v${index % 3}`,
        person: `person-${index % 70}`,
        session: `session-${index % 90}`,
      };
      const { status, text } = await api.post('/events', llmEvent(fingerprintId, names));
      if (status !== 200) throw new Error(`POST /events was answered ${status}: ${text}`);
    });
    await untilCaughtUp(system);
    before = await system.withStore(dumpRows);

    reads = await ReadWatch.start(api, ['/agents/agent-7', '/agents/agent-7/agent-versions/v1', '/people/person-7']);
    traffic = new EventTraffic({ api, workers: 2, next: () => llmEvent(fingerprintId, { agent: 'meanwhile' }) });
    await lose(system);
    await untilCaughtUp(system);
    await traffic.stop();
    await reads.stop();
    await untilCaughtUp(system);
    after = await system.withStore(dumpRows);
  }, 180_000);
  afterAll(() => stopStarted(system), 60_000);

  it('is not read until it has caught up: 503, never an old or another answer', () => {
    // Embedded, a read waits until its Postgres has opened, by which time so short a log may be folded.
    if (drivers === 'scale') expect(reads.unavailable).toBeGreaterThan(0);
    expect(reads.wrong).toEqual([]);
  });

  it('is read again afterwards', () => {
    expect(reads.last).toBe('AS_BEFORE');
  });

  it('has the same rows as before: numbers, dates and counts included', () => {
    for (const [table, rows] of Object.entries(before)) {
      const now = new Set(after[table]);
      expect(rows.filter((row) => !now.has(row))).toEqual([]);
    }
  });

  it('has beside them exactly the events that were accepted meanwhile', () => {
    const countsOf = (rows: Rows) =>
      Object.fromEntries(Object.entries(rows).map(([table, { length }]) => [table, length]));
    expect(countsOf(after)).toEqual({
      ...countsOf(before),
      events: (before['events']?.length ?? 0) + traffic.accepted.length,
    });
    const ids = new Set((after['events'] ?? []).map((row) => (JSON.parse(row) as { event_id: string }).event_id));
    expect(traffic.accepted.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('takes events throughout, with the same key', () => {
    expect(traffic.refused).toEqual([]);
    expect(traffic.accepted.length).toBeGreaterThan(0);
    // Only the process that is gateway and projector in one is itself away for a moment.
    if (drivers === 'scale') expect(traffic.unanswered).toEqual([]);
  });
});
