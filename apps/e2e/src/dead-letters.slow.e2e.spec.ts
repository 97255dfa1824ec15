import {
  encodeMessage,
  eventId,
  fingerprintId,
  newEventId,
  tenant,
  type EncodedMessage,
  type Position,
} from '@logbook/contracts';
import { eventually, uniqueName } from '@logbook/testing';
import { untilCaughtUp } from './caught-up.js';
import { concurrently, indexes } from './concurrently.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { ReplayDatabase } from './replay-database.js';
import { differences, dumpRows, pointedTo } from './rows.js';
import { stopStarted } from './stop-started.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

const EVENTS = 300;
const CLIENTS = 12;
const REASON = 'Postgres refused it: check violation (23514), table events, constraint no_offence';

interface Listed {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly step: string;
  readonly reason: string;
}
const placeOf = ({ topic, partition, offset }: Listed | Position): string => `${topic}/${partition}/${offset}`;

/** An event as the gateway would append it. */
const encodedEvent = (session: string): EncodedMessage =>
  encodeMessage({
    type: 'com.logbook.llm.recorded.v1',
    id: newEventId(),
    timeMs: Date.now(),
    source: 'logbook/e2e',
    tenant: tenant('default'),
    fingerprintId: fingerprintId(eventId('0198c0de-0000-8000-8000-000000000001')),
    agentName: 'default',
    agentVersionName: 'default',
    personId: null,
    session,
    summary: null,
    body: Buffer.from('{"properties":{}}'),
  });

describe.each([
  { drivers: 'scale', start: () => startScale({ gateways: 1, projectors: 1 }) },
  { drivers: 'embedded', start: () => startEmbedded() },
])('dead letters of running services, on the $drivers drivers', ({ drivers, start }) => {
  let system: System;
  let fingerprint: string;

  beforeAll(async () => {
    system = await start();
    fingerprint = await registerFingerprint(system.api);
  }, 150_000);
  afterAll(() => stopStarted(system), 60_000);

  const list = (): Promise<Listed[]> => system.cliJson<Listed[]>('dead-letters', 'list', '--json');
  const alter = (change: string): Promise<void> =>
    system.withStore(async (store) => {
      await store.pool.query(`ALTER TABLE "${await pointedTo(store)}".events ${change}`);
    });
  const post = async (person: string, session: string): Promise<string> => {
    const { status, text, json } = await system.api.post('/events', llmEvent(fingerprint, { person, session }));
    if (status !== 200) throw new Error(`POST /events was answered ${status}: ${text}`);
    return json<{ id: string }>().id;
  };
  /** Which of the events the projections hold. */
  const projected = (ids: readonly string[]): Promise<Set<string>> =>
    system.withStore(async (store) => {
      const { rows } = await store.pool.query<{ event_id: string }>(
        `SELECT event_id FROM "${await pointedTo(store)}".events WHERE event_id = ANY ($1::uuid[])`,
        [ids],
      );
      return new Set(rows.map((row) => row.event_id));
    });
  const isProjected = async (id: string): Promise<boolean> => (await projected([id])).has(id);
  let refusedId: string;
  let refused: Listed;

  it('lists the one event that Postgres refuses, and applies all others', async () => {
    await alter(`ADD CONSTRAINT no_offence CHECK (person_id <> 'offence')`);
    const ids: string[] = [];
    await concurrently(indexes(EVENTS), CLIENTS, async (index) => {
      ids[index] = await post(index === 150 ? 'offence' : 'person', `session-${index % 7}`);
    });
    await untilCaughtUp(system);
    const letters = await list();
    expect(letters).toMatchObject([{ topic: 'events', step: 'apply', reason: REASON }]);
    refused = letters[0] as Listed;
    refusedId = ids[150] as string;
    const held = await projected(ids);
    expect(ids.filter((id) => !held.has(id))).toEqual([refusedId]);
  }, 120_000);

  it('shows the message with its reason, headers and value, and says where there is none', async () => {
    const { stdout } = await system.cli('dead-letters', 'show', placeOf(refused));
    expect(stdout).toContain(REASON);
    expect(stdout).toContain(`ce_id: ${refusedId}`);
    expect(stdout).toContain('"prompt_tokens":9');
    expect(await system.cliJson('dead-letters', 'show', placeOf(refused), '--json')).toMatchObject({
      step: 'apply',
      skipped: REASON,
      undecodable: null,
      headers: { ce_id: [refusedId] },
    });
    const nowhere = await system.cli('dead-letters', 'show', `events/${refused.partition}/99999999`);
    expect([nowhere.code, nowhere.stderr]).toEqual([
      1,
      `logbook: the log holds no message at events/${refused.partition}/99999999\n`,
    ]);
  }, 60_000);

  it('retries it as the same event once Postgres takes it; the original stays listed', async () => {
    const early = await system.cli('dead-letters', 'retry', placeOf(refused));
    expect(early.stdout).toMatch(new RegExp(`^retried ${placeOf(refused)} as events/`));
    await untilCaughtUp(system);
    expect([(await list()).length, await isProjected(refusedId)]).toEqual([2, false]);

    await alter('DROP CONSTRAINT no_offence');
    expect((await system.cli('dead-letters', 'retry', placeOf(refused), placeOf(refused))).code).toBe(0);
    await untilCaughtUp(system);
    expect([(await list()).length, await isProjected(refusedId)]).toEqual([2, true]);
  }, 90_000);

  it('lists and publishes a message that cannot be decoded, and refuses to retry it or what is no dead letter', async () => {
    const sound = encodedEvent(uniqueName('poison'));
    const poison = { ...sound, headers: { ...sound.headers, ce_time: 'yesterday' } };
    const positions = await system.withLog((log) => log.append('events', [poison, sound]));
    await untilCaughtUp(system);
    const [at, other] = positions.map(placeOf);
    const letter = (await list()).find((each) => placeOf(each) === at);
    expect(letter).toMatchObject({ step: 'decode', reason: 'ce_time is not a time in UTC: "yesterday"' });
    const published = await system.withLog(async (log) => {
      const [end = 0] = await log.ends('dead-letters');
      return log.read({ topic: 'dead-letters', partition: 0, offset: (end - 1) as Position['offset'] });
    });
    expect([published?.key?.toString(), String(published?.headers['lb_step'])]).toEqual([poison.key, 'decode']);
    const run = await system.cli('dead-letters', 'retry', '--all-step', 'decode');
    expect([run.code, run.stderr]).toEqual([
      1,
      `${at} was not retried: ce_time is not a time in UTC: "yesterday"\nlogbook: 1 of 1 were not retried\n`,
    ]);
    expect(await system.cli('dead-letters', 'retry', other ?? '')).toMatchObject({
      code: 1,
      stderr: `${other} was not retried: it is no dead letter\nlogbook: 1 of 1 were not retried\n`,
    });
    expect((await system.cli('dead-letters', 'skip', other ?? '', '--reason', 'too late')).stderr).toContain(
      'has passed',
    );
  }, 90_000);

  // The embedded drivers have one database; a replay into another is a matter of the scale drivers.
  (drivers === 'scale' ? it : it.skip)(
    'leaves out the same messages when everything is folded again elsewhere, and publishes none again',
    async () => {
      const letters = await system.withLog((log) => log.ends('dead-letters'));
      const expected = await system.withStore(dumpRows);
      const replay = await ReplayDatabase.create(system, uniqueName('replay').replaceAll('-', '_'));
      try {
        expect(differences(expected, await replay.replay(dumpRows))).toEqual([]);
      } finally {
        await replay.drop();
      }
      expect(await system.withLog((log) => log.ends('dead-letters'))).toEqual(letters);
    },
    120_000,
  );

  it('halts with a sentence and nothing skipped where Postgres refuses everything, and goes on once that is mended', async () => {
    const before = await list();
    await alter('ADD CONSTRAINT nothing CHECK (recorded_at IS NULL) NOT VALID');
    const session = uniqueName('all');
    const events = Array.from({ length: 50 }, () => encodedEvent(session));
    await system.withLog((log) => log.append('events', events));
    const projector = system.projectors[0];
    if (drivers === 'scale') {
      expect(await projector?.ended()).toMatchObject({ code: 1 });
      expect(projector?.output).toMatch(
        /logbook projector: gen_1 stops at events\[\d+\] offset \d+: .* constraint nothing\./,
      );
    } else {
      await eventually(async () => (await fetch(`${system.urls[0]}/health/live`)).status === 503, {
        what: 'liveness to turn red',
      });
    }
    expect(await list()).toEqual(before);
    await alter('DROP CONSTRAINT nothing');
    await projector?.restart();
    await untilCaughtUp(system);
    expect(await list()).toEqual(before);
    const ids = events.map(({ headers }) => headers['ce_id'] ?? '');
    expect((await projected(ids)).size).toBe(ids.length);
  }, 120_000);

  it('halts at what a newer release wrote, and can be told to leave it out', async () => {
    const sound = encodedEvent(uniqueName('newer'));
    const newer = { ...sound, headers: { ...sound.headers, ce_type: 'com.logbook.llm.recorded.v9' } };
    const [at] = await system.withLog((log) => log.append('events', [newer]));
    const place = at === undefined ? '' : placeOf(at);
    const projector = system.projectors[0];
    if (drivers === 'scale') {
      expect(await projector?.ended()).toMatchObject({ code: 1 });
      expect(projector?.output).toContain('so a newer release wrote this log. Run that release or a later one');
    } else {
      await eventually(async () => (await fetch(`${system.urls[0]}/health/live`)).status === 503, {
        what: 'liveness to turn red',
      });
    }
    expect((await list()).map(placeOf)).not.toContain(place);
    expect(await system.cli('dead-letters', 'skip', place, '--reason', 'a slip')).toMatchObject({
      code: 0,
      stdout: `${place} is skipped; start the projector again\n`,
    });
    await projector?.restart();
    await untilCaughtUp(system);
    expect((await list()).find((each) => placeOf(each) === place)).toMatchObject({ step: 'apply', reason: 'a slip' });
  }, 120_000);
});
