import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { uniqueName } from '@logbook/testing';
import { untilCaughtUp } from './caught-up.js';
import { EventTraffic } from './event-traffic.js';
import { failedStart } from './failed-start.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { logContents, type LogContents } from './log-contents.js';
import { differences, dumpRows, type Rows } from './rows.js';
import { stopStarted } from './stop-started.js';
import { llmEvent, registerFingerprint } from './telemetry.js';

interface Copied {
  readonly source: string;
  readonly target: string;
  readonly messages: number;
}

/** An embedded log under traffic goes to Kafka beside its server, on to another directory, and through an archive. */
describe('a log that is carried elsewhere', () => {
  const { kafkaBrokers } = readTestServices();
  const prefix = uniqueName('e2e-copy');
  const kafka = `kafka://${kafkaBrokers}/${prefix}`;
  let directory: string;
  let source: System;
  let fingerprintId: string;
  let rows: Rows;
  let contents: LogContents;
  let beside: Copied;
  let rest: Copied;
  let started: System | undefined;

  const embedded = (name: string): string => join(directory, name, 'log');
  const rowsOf = async (system: System): Promise<Rows> => {
    await untilCaughtUp(system);
    return system.withStore((store) => dumpRows(store, { positions: false }));
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'logbook-e2e-copy-'));
    source = await startEmbedded();
    fingerprintId = await registerFingerprint(source.api);
    const next = (number: number): object =>
      llmEvent(fingerprintId, {
        agent: `agent-${number % 7}`,
        agent_version: `v${number % 3}`,
        person: `person-${number % 11}`,
        session: `session-${number % 40}`,
      });
    const traffic = new EventTraffic({ api: source.api, workers: 4, next });
    beside = await source.cliJson<Copied>('log', 'copy', '--to', kafka, '--json');
    await traffic.stop();
    expect(traffic.accepted.length).toBeGreaterThan(50);
    rows = await rowsOf(source);
    await source.gateways[0]?.stop();
    rest = await source.cliJson<Copied>('log', 'copy', '--to', kafka, '--json');
    await source.cliJson('log', 'copy', '--from', kafka, '--to', `embedded:${join(directory, 'back')}`, '--json');
    expect(await source.cli('log', 'export', join(directory, 'archive.tar'))).toMatchObject({ code: 0 });
    await source.cliJson(
      'log',
      'import',
      join(directory, 'archive.tar'),
      '--to',
      `embedded:${join(directory, 'imported')}`,
      '--json',
    );
    const dataDir = source.environment['LOGBOOK_DATA_DIR'] ?? '';
    contents = await logContents({ kind: 'embedded', dir: join(dataDir, 'log') }, EMBEDDED_PARTITION_COUNTS);
  }, 240_000);
  afterEach(async () => {
    await started?.stop();
    started = undefined;
  }, 60_000);
  afterAll(async () => {
    await stopStarted(source);
    await rm(directory, { recursive: true, force: true });
  }, 60_000);

  it('is copied beside its server, and the rest once that has stopped', () => {
    expect(beside.messages).toBeGreaterThan(0);
    expect(rest).toMatchObject({ source: beside.source, target: beside.target });
    expect(rest.target).not.toBe(rest.source);
    expect(beside.messages + rest.messages).toBe([...contents.values()].flat().length);
  });

  it('keeps every message and the order of each key, on Kafka, back in a directory, and through an archive', async () => {
    const onKafka = { kind: 'kafka', brokers: kafkaBrokers.split(','), prefix } as const;
    expect(await logContents(onKafka, DEFAULT_PARTITION_COUNTS)).toEqual(contents);
    for (const name of ['back', 'imported']) {
      const location = { kind: 'embedded', dir: embedded(name) } as const;
      expect(await logContents(location, EMBEDDED_PARTITION_COUNTS)).toEqual(contents);
    }
  }, 60_000);

  it('is projected to the same rows on Kafka, where its keys and fingerprints go on to be taken', async () => {
    started = await startScale({ gateways: 1, projectors: 1, environment: { LOGBOOK_TOPIC_PREFIX: prefix } });
    expect(differences(rows, await rowsOf(started))).toEqual([]);
    const answer = await started.api.post('/events', llmEvent(fingerprintId, { session: 'session-1' }));
    expect(answer.status).toBe(200);
  }, 150_000);

  it.each(['back', 'imported'])(
    'is projected to the same rows in a directory (%s)',
    async (name) => {
      started = await startEmbedded({ environment: { LOGBOOK_DATA_DIR: join(directory, name) } });
      expect(differences(rows, await rowsOf(started))).toEqual([]);
    },
    90_000,
  );

  it('is another log to the data directory of its source', async () => {
    const { code, lines } = await failedStart('standalone', {
      KAFKA_BROKERS: kafkaBrokers,
      LOGBOOK_TOPIC_PREFIX: prefix,
      LOGBOOK_DATA_DIR: source.environment['LOGBOOK_DATA_DIR'] ?? '',
    });
    expect(lines).toEqual([expect.stringMatching(`belongs to log ${beside.source}, but this is log ${beside.target}`)]);
    expect(code).toBe(1);
  }, 60_000);

  it('is not copied into again once a server has appended to it', async () => {
    const { code, stderr } = await source.cli('log', 'copy', '--to', kafka);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^logbook: \w+\[\d+\] of the target holds what was not copied: .* Copy into a new place/);
  }, 60_000);
});
