import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import {
  type Command,
  DEFAULT_PARTITION_COUNTS,
  EMBEDDED_PARTITION_COUNTS,
  encodeMessage,
  eventId,
  fingerprintId,
  FOLDED_TOPICS,
  type LlmRecorded,
  type LogId,
  tenant,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { createLogger, driverLogger, Metrics } from '@logbook/observability';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { BatchWriter, Generations, type KnownGeneration, openStore, readCheckpoints, type Store } from '@logbook/store';
import { createDatabase, eventually, uniqueName } from '@logbook/testing';
import { followGeneration, type GenerationFollower } from '../generation-follower.js';
import { logEndsOf } from '../log-ends.js';

/** A log and a store, with nothing in them but what a log begins with. */
export interface Opened {
  readonly log: Log;
  readonly logId: LogId;
  readonly control: ControlFollower;
  readonly store: Store;
  readonly writer: BatchWriter;
  readonly signal: AbortSignal;
  readonly logger: ReturnType<typeof createLogger>;
  readonly metrics: Metrics;
  close(): Promise<void>;
}

const logger = createLogger({ level: 'silent', service: 'test' });
const LOG_OPTIONS = { messageBytesMax: 1 << 20, clientId: 'test', logger: driverLogger(logger) } as const;

/** The embedded log, and the embedded store or a database of its own on the PostgreSQL of the test run. */
export async function openEmbedded(kind: 'embedded' | 'postgres'): Promise<Opened> {
  const dir = await mkdtemp(join(tmpdir(), 'logbook-replay-'));
  const database = kind === 'postgres' ? await ownDatabase() : undefined;
  const log = await openLog({ kind: 'embedded', dir: join(dir, 'log'), ...LOG_OPTIONS });
  const store = await openStore(
    database === undefined ? { kind: 'embedded', dir: join(dir, 'store') } : { kind: 'postgres', url: database.url },
  );
  const close = () => rm(dir, { recursive: true, force: true }).then(() => database?.drop());
  return opened({ log, store, partitions: EMBEDDED_PARTITION_COUNTS, close });
}

/** Kafka and PostgreSQL of the test run, with topics and a database of their own. */
export async function openScale(): Promise<Opened> {
  const database = await ownDatabase();
  const brokers = [readTestServices().kafkaBrokers];
  const prefix = uniqueName('replay');
  const log = await openLog({ kind: 'kafka', brokers, prefix, ...LOG_OPTIONS });
  const store = await openStore({ kind: 'postgres', url: database.url });
  return opened({ log, store, partitions: DEFAULT_PARTITION_COUNTS, close: database.drop });
}

async function opened({
  log,
  store,
  partitions,
  close,
}: Pick<Opened, 'log' | 'store'> & {
  readonly partitions: typeof DEFAULT_PARTITION_COUNTS;
  readonly close: () => Promise<void>;
}): Promise<Opened> {
  const control = await ControlFollower.open({ log, source: 'test', partitions });
  await new Generations(store).ensureLive({
    logId: control.log.logId,
    foldVersion: CURRENT_FOLD_VERSION,
    logEnds: () => logEndsOf(log),
  });
  return {
    log,
    logId: control.log.logId,
    control,
    store,
    writer: new BatchWriter(store, { skips: control.state.skips }),
    signal: new AbortController().signal,
    logger,
    metrics: new Metrics({ defaults: false }),
    close: async () => {
      await control.stop();
      await log.close();
      await store.close();
      await close();
    },
  };
}

const ownDatabase = () => createDatabase(readTestServices().databaseUrl, uniqueName('replay').replaceAll('-', '_'));

const acme = tenant('acme');
const BEGIN_MS = Date.UTC(2026, 0, 1);
const uuid = (number: number): string => `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** A message a minute from 2026 on: the time of the event of this number. */
export const timeOfEvent = (number: number): number => BEGIN_MS + number * 60_000;

/** Appends events `from` to `to`, exclusive, over some sessions, and registers what they name. */
export async function appendHistory(
  log: Log,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await log.append('commands', numbers.flatMap(commandsOf).map(encodeMessage));
  await log.append('events', numbers.map(eventOf).map(encodeMessage));
}

const commandsOf = (number: number): Command[] => {
  const attributes = { id: uuid(number), timeMs: timeOfEvent(number), source: 'test', tenant: acme };
  const agentName = `agent-${number % 7}`;
  return [
    {
      ...attributes,
      type: 'com.logbook.agent-version.register.v1',
      agentName,
      agentVersionName: `v${number % 3}`,
      description: null,
    },
    { ...attributes, type: 'com.logbook.person.register.v1', personId: `person-${number % 11}`, propertiesJson: '{}' },
  ];
};

const eventOf = (number: number): LlmRecorded => ({
  type: 'com.logbook.llm.recorded.v1',
  id: eventId(uuid(number)),
  timeMs: timeOfEvent(number),
  source: 'test',
  tenant: acme,
  fingerprintId: fingerprintId('0198c0de-0000-8000-8000-000000000001'),
  agentName: `agent-${number % 7}`,
  agentVersionName: `v${number % 3}`,
  personId: `person-${number % 11}`,
  session: `session-${number % 13}`,
  summary: { extractor: 1, api: 'openai-responses', model: `m${number % 2}`, inputTokens: 10, outputTokens: 1 },
  body: Buffer.from('{"properties":{}}'),
});

/** The generation readers use. */
export async function liveGeneration(store: Store): Promise<KnownGeneration> {
  const live = (await new Generations(store).list()).find(({ pointedTo }) => pointedTo);
  if (live === undefined) throw new Error('there is no generation');
  return live;
}

/** Follows the generation until it has consumed all that the log holds now, then leaves it. */
export async function catchUp(opened: Opened, generation: KnownGeneration): Promise<void> {
  const follower = await followGeneration(generation, opened);
  await untilLevel(opened, generation, [follower]);
  await follower.stop();
}

/** Resolves once the generation is level with the log; rejects when a follower halts. */
export async function untilLevel(
  { log, store }: Opened,
  { name }: KnownGeneration,
  followers: readonly GenerationFollower[] = [],
): Promise<void> {
  const ends = await logEndsOf(log);
  const level = eventually(
    async () => {
      const next = (await readCheckpoints(store.pool, name))?.next;
      return FOLDED_TOPICS.every((topic) =>
        ends[topic].every((end, partition) => (next?.[topic].get(partition) ?? 0) >= end),
      );
    },
    { timeoutMs: 60_000, what: `${name} to come level with the log` },
  );
  await Promise.race([level, ...followers.map(({ ended }) => ended.then(() => new Promise<never>(() => undefined)))]);
}
