import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import {
  EMBEDDED_PARTITION_COUNTS,
  encodeMessage,
  eventId,
  fingerprintId,
  offset,
  tenant,
  type EncodedMessage,
  type FoldedTopic,
  type LlmRecorded,
  type StoredMessage,
  type Topic,
} from '@logbook/contracts';
import type { Batch, Log } from '@logbook/core';
import { ControlFollower, openLog, type LogLocation } from '@logbook/log';
import { createLogger, Metrics } from '@logbook/observability';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import { Generations, openStore, type Generation, type Store, type StoreOptions } from '@logbook/store';
import { createDatabase } from '@logbook/testing';
import type { Projection } from './projection.js';
import { projectionOf } from './projection-of.js';

export const EVENT_BYTES_MAX = 1024 * 1024;
export const DRIVERS = ['scale', 'embedded'] as const;
export const START_TIMEOUT_MS = 60_000;
const SOURCE = 'logbook/test';

/** A new log with what follows it: real Kafka and PostgreSQL, or the embedded drivers. */
export class Following {
  readonly metrics = new Metrics({ defaults: false });
  /** What the projections take for the time of day. */
  nowMs = Date.UTC(2026, 0, 1);
  private readonly closing: (() => Promise<unknown>)[] = [];
  log!: Log;
  control!: ControlFollower;
  store!: Store;
  generation!: Generation;

  private constructor(
    private readonly location: LogLocation,
    private readonly storeOptions: StoreOptions,
  ) {}

  static async start(driver: (typeof DRIVERS)[number]): Promise<Following> {
    const name = `projector_${randomBytes(5).toString('hex')}`;
    const dir = await mkdtemp(join(tmpdir(), 'logbook-projector-'));
    const location: LogLocation =
      driver === 'embedded'
        ? { kind: 'embedded', dir: join(dir, 'log') }
        : { kind: 'kafka', brokers: readTestServices().kafkaBrokers.split(','), prefix: name };
    const database = driver === 'scale' ? await createDatabase(readTestServices().databaseUrl, name) : undefined;
    const following = new Following(
      location,
      database === undefined
        ? { kind: 'embedded', dir: join(dir, 'postgres') }
        : { kind: 'postgres', url: database.url },
    );
    following.closing.push(() => rm(dir, { recursive: true, force: true }));
    if (database !== undefined) following.closing.push(() => database.drop());
    following.log = await following.openLog(EVENT_BYTES_MAX);
    following.control = await following.follow(following.log);
    following.store = await openStore(following.storeOptions);
    following.closing.push(() => following.store.close());
    await following.newGeneration();
    return following;
  }

  async stop(): Promise<void> {
    for (const close of this.closing.reverse()) await close();
  }

  async openLog(messageBytesMax: number): Promise<Log> {
    const log = await openLog({ ...this.location, messageBytesMax, clientId: SOURCE, logger: () => undefined });
    this.closing.push(() => log.close());
    return log;
  }

  async follow(log: Log): Promise<ControlFollower> {
    const control = await ControlFollower.open({ log, source: SOURCE, partitions: EMBEDDED_PARTITION_COUNTS });
    this.closing.push(() => control.stop());
    return control;
  }

  /** Loses every table there is, and begins a first generation anew. `ends`: of the log, as its creation finds it. */
  async newGeneration({ behind = false }: { readonly behind?: boolean } = {}): Promise<void> {
    const { rows } = await this.store.pool.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname = 'ops' OR nspname LIKE 'gen\\_%'`,
    );
    for (const { name } of rows) await this.store.pool.query(`DROP SCHEMA "${name}" CASCADE`);
    const none = Array<never>(0);
    this.generation = await new Generations(this.store).ensureLive({
      logId: this.control.log.logId,
      foldVersion: CURRENT_FOLD_VERSION,
      logEnds: async () =>
        behind
          ? { commands: await this.log.ends('commands'), events: await this.log.ends('events') }
          : { commands: none, events: none },
    });
  }

  projection(
    options: { readonly generation?: Generation; readonly log?: Log; readonly control?: ControlFollower } = {},
  ): Projection {
    return projectionOf({
      generation: this.generation,
      ensureTables: () => Promise.resolve(),
      log: this.log,
      control: this.control,
      store: this.store,
      metrics: this.metrics,
      logger: createLogger({ level: 'silent', service: 'test' }),
      now: () => this.nowMs,
      ...options,
    });
  }

  /** Appends messages of one key and gives them as one fetch of their partition. */
  async append(topic: FoldedTopic, messages: readonly EncodedMessage[], log = this.log): Promise<Batch> {
    const positions = await log.append(topic, messages);
    return batchOf(
      messages.map(({ key, headers, value }, index): StoredMessage => {
        const position = positions[index];
        if (position === undefined) throw new Error('an append gives a position a message');
        return { ...position, key: Buffer.from(key), headers, value };
      }),
    );
  }

  async rows(table: string, generation = this.generation.name): Promise<Record<string, unknown>[]> {
    return (await this.store.pool.query<Record<string, unknown>>(`SELECT * FROM ${generation}.${table}`)).rows;
  }

  /** Everything in a topic of one partition. */
  async topic(topic: Topic): Promise<StoredMessage[]> {
    const [end = 0] = await this.log.ends(topic);
    const read = Array.from({ length: end }, (_, at) => this.log.read({ topic, partition: 0, offset: offset(at) }));
    return (await Promise.all(read)).filter((message) => message !== undefined);
  }
}

/** Messages of one partition as a fetch delivers them. */
export function batchOf(messages: readonly StoredMessage[]): Batch {
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) throw new Error('a batch holds a message');
  const next = offset(last.offset + 1);
  return { topic: first.topic, partition: first.partition, from: first.offset, next, end: next, messages };
}

/** An event of the session `s`. The person is what constraints of these tests take offence at. */
export const event = (
  number: number,
  personId: string | null = null,
  fields: Partial<LlmRecorded> = {},
): EncodedMessage =>
  encodeMessage({
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(`0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`),
    timeMs: Date.UTC(2026, 0, 1) + number,
    source: SOURCE,
    tenant: tenant('acme'),
    fingerprintId: fingerprintId('0198c0de-0000-8000-8000-000000000001'),
    agentName: 'default',
    agentVersionName: 'default',
    personId,
    session: 's',
    summary: null,
    body: Buffer.from('{"properties":{}}'),
    ...fields,
  });

/** The same message with a time that pure code rejects. */
export const poisoned = ({ key, headers, value }: EncodedMessage): EncodedMessage => ({
  key,
  headers: { ...headers, ce_time: 'yesterday' },
  value,
});
