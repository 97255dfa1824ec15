import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import {
  DEFAULT_PARTITION_COUNTS,
  encodeMessage,
  fingerprintId,
  newEventId,
  summaryOfBody,
  tenant,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog, type LogLocation } from '@logbook/log';
import { createDatabase, eventually, uniqueName } from '@logbook/testing';
import { ServiceProcess } from '../harness/service-process.js';
import { OutsideProject } from './outside-project.js';
import { readPage } from './page.js';

/** Runs what the page shows and what is no program by itself. */
const RUN_CALLS = `
import 'reflect-metadata';
import assert from 'node:assert/strict';
import pg from 'pg';
import { register } from 'prom-client';
import { llmRecorded, SubscriberTest } from '@logbook/subscriber/testing';
import { CommittedOffsets, typedMessages } from '@logbook/subscriber';
import { CallsModule, countCalls, TABLE } from './calls.js';
import { GreetingsModule } from './greetings.js';
import { metrics } from './metrics.js';
import { People, people, PeopleModule } from './people.js';
import { Plans, plans, PlansModule } from './plans.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
await pool.query(TABLE);
const counted = await SubscriberTest.start({ module: CallsModule, receive: (source) => countCalls(pool, source) });
await counted.append(...['a', 'b', 'a'].map((agentName) => llmRecorded({ agentName })));
await counted.settled();
await counted.redeliver();
await counted.restart();
await counted.append(llmRecorded({ agentName: 'b' }));
await counted.settled();
const { rows } = await pool.query('SELECT agent, calls FROM calls.per_agent ORDER BY agent');
assert.deepEqual(rows, [{ agent: 'a', calls: '2' }, { agent: 'b', calls: '2' }]);
await counted.close();
await pool.end();

const known = await SubscriberTest.start({ module: PeopleModule, receive: () => people });
const attributes = { id: '1', timeMs: 0, source: 'test', tenant: llmRecorded().tenant, personId: 'ann' };
await known.append(
  { ...attributes, type: 'com.logbook.person.register.v1', propertiesJson: null },
  { ...attributes, type: 'com.logbook.person.update.v1', propertiesJson: '{"plan":"pro"}' },
);
await known.settled();
assert.equal(known.get(People).known.get('ann'), '{"plan":"pro"}');
await known.close();

const copied = await SubscriberTest.start({ module: PlansModule, receive: () => plans });
const changed = { ...attributes, type: 'com.logbook.person.changed.v1' } as const;
await copied.append({ ...changed, person: { propertiesJson: '{"plan":"pro"}', createdAtMs: 0 } });
await copied.settled();
assert.deepEqual([...copied.get(Plans).byPerson.values()], ['pro']);
await copied.append({ ...changed, person: null });
await copied.settled();
assert.equal(copied.get(Plans).byPerson.size, 0);
await copied.close();

const measured = await SubscriberTest.start({
  module: GreetingsModule,
  receive: () => typedMessages({ start: 'beginning', checkpoints: new CommittedOffsets(), metrics }),
});
await measured.append(llmRecorded());
await measured.settled();
await measured.close();
assert.match(await register.metrics(), /logbook_subscriber_messages_total{group="test",type="com.logbook.llm.recorded.v1",outcome="HANDLED"} 1/);
console.log('the snippets hold');
`;

const linesAsFile = (lines: readonly string[]): string =>
  [
    `import { CommittedOffsets, type ConnectedLog, LogTransport, PostgresCheckpoints, typedMessages } from '@logbook/subscriber';`,
    `import pg from 'pg';`,
    ...lines.map(
      (text, index) =>
        `export const lines${index} = ({ log, logId }: ConnectedLog, connectionString: string) => {\nvoid logId; void connectionString;\n${text}};`,
    ),
  ].join('\n');

describe('docs/subscribing.md, followed outside of the workspace', () => {
  let project: OutsideProject;
  let said: string;
  beforeAll(async () => {
    const { files, lines } = await readPage();
    expect(lines).toHaveLength(2);
    project = await OutsideProject.create();
    await project.write(files);
    await project.write(
      new Map([
        ['src/run-calls.ts', RUN_CALLS],
        ['src/lines.ts', linesAsFile(lines)],
      ]),
    );
    said = await project.compile();
  }, 300_000);
  afterAll(() => project.remove());

  it('compiles as it stands there', () => {
    expect(said).toBe('');
  });

  it('refuses to compile for a handler of another message', async () => {
    const { files } = await readPage();
    const wrong = (files.get('src/greetings.ts') ?? '').replace(
      "'com.logbook.llm.recorded.v1'",
      "'com.logbook.agent.register.v1'",
    );
    await project.write(new Map([['src/wrong.ts', wrong]]));
    const refused = await project.compile();
    await rm(project.path('src/wrong.ts'));
    expect(refused).toMatch(/src\/wrong\.ts\(6,4\): error TS1241/);
  }, 60_000);

  it('passes its own test', async () => {
    const { code, stdout } = await project.run(process.execPath, ['--test', 'dist/people.test.js']);
    expect(stdout).toMatch(/^# pass 1$/m);
    expect(code).toBe(0);
  }, 60_000);

  it('counts once, knows people, has a copy of what is there and counts metrics as it says', async () => {
    const database = await createDatabase(readTestServices().databaseUrl, uniqueName('page').replaceAll('-', '_'));
    const run = await project.run(process.execPath, ['dist/run-calls.js'], { DATABASE_URL: database.url });
    await database.drop();
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain('the snippets hold');
  }, 60_000);

  describe.each(['kafka', 'embedded'] as const)('on %s', (kind) => {
    let dir: string;
    let log: Log;
    let service: ServiceProcess;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'logbook-page-'));
      const { kafkaBrokers } = readTestServices();
      const prefix = uniqueName('page');
      const location: LogLocation =
        kind === 'kafka' ? { kind, brokers: kafkaBrokers.split(','), prefix } : { kind, dir };
      log = await openLog({ ...location, messageBytesMax: 8 * 1024 * 1024, clientId: 'page', logger: () => undefined });
      await (await ControlFollower.open({ log, source: 'page', partitions: DEFAULT_PARTITION_COUNTS })).stop();
      service = new ServiceProcess({
        name: 'greetings',
        program: project.path('dist/main.js'),
        environment:
          kind === 'kafka' ? { KAFKA_BROKERS: kafkaBrokers, LOGBOOK_TOPIC_PREFIX: prefix } : { LOG_DIR: dir },
        ready: /never said/,
      });
    }, 60_000);
    afterAll(async () => {
      await service.stop();
      await log.close();
      await rm(dir, { recursive: true });
    }, 60_000);

    const call = (agentName: string) => {
      const properties = { api: 'openai-chat-completions', inputs: { model: 'gpt-4o-mini' } };
      const body = Buffer.from(JSON.stringify({ event_name: 'llm', properties }));
      return encodeMessage({
        type: 'com.logbook.llm.recorded.v1',
        ...{ id: newEventId(), timeMs: Date.now(), source: 'page', tenant: tenant('default') },
        fingerprintId: fingerprintId('00000000-0000-8000-8000-000000000000'),
        ...{ agentName, agentVersionName: 'v1', personId: 'ann', session: 's', summary: summaryOfBody(body), body },
      });
    };
    const greeted = () =>
      [...service.output.matchAll(/^(\w+) called gpt-4o-mini for ann$/gm)].map(([, agent]) => agent);

    it('receives typed messages from the beginning, and after a restart goes on where it was', async () => {
      await log.append('events', [call('early')]);
      service.launch();
      await eventually(() => greeted().length === 1, { timeoutMs: 40_000, what: 'what was there is received' });
      await log.append('events', [call('late')]);
      await eventually(() => greeted().length === 2, { what: 'what came is received' });
      await service.stop();
      await log.append('events', [call('next')]);
      service.launch();
      await eventually(() => greeted().length === 3, { timeoutMs: 40_000, what: 'what is next is received' });
      expect(greeted()).toEqual(['early', 'late', 'next']);
    }, 120_000);
  });
});
