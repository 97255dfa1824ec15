import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_PARTITION_COUNTS, encodeMessage, type LlmRecorded } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlFollower, openLog } from '@logbook/log';
import { createDatabase, eventually, uniqueName, type OwnDatabase } from '@logbook/testing';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { PostgresCheckpoints } from './checkpoints/postgres-checkpoints.js';
import { connectLog } from './connect-log.js';
import { HandlerContext } from './handlers/handler-context.js';
import { OnMessages } from './handlers/message-handlers.decorator.js';
import { LogTransport } from './log.transport.js';
import { typedMessages } from './receivers/typed-messages.js';
import { llmRecorded } from './testing/index.js';

/** `LOGBOOK_TEST_REBALANCE_MS=60000` makes it a minute. */
const UNDER_LOAD_MS = Number(process.env['LOGBOOK_TEST_REBALANCE_MS'] ?? 20_000);
const SESSIONS = 24;
/** How much each side handles between two changes of the group. */
const MESSAGES_BETWEEN = 150;

let pool: pg.Pool;
let database: OwnDatabase;
/** When any instance committed or handled something, on the clock of this process. */
const handledAtMs: number[] = [];

@Controller()
class Effects {
  handled = 0;

  @OnMessages('com.logbook.llm.recorded.v1')
  async onCalls(calls: readonly LlmRecorded[], context: HandlerContext): Promise<void> {
    await context
      .transaction<pg.PoolClient>()
      .query('INSERT INTO effects (session, number) SELECT * FROM unnest($1::text[], $2::int[])', [
        calls.map(({ session }) => session),
        calls.map(({ agentName }) => agentName),
      ]);
    this.handled += calls.length;
    handledAtMs.push(performance.now());
  }
}

@Module({ controllers: [Effects] })
class EffectsModule {}

interface Instance {
  readonly handled: () => number;
  readonly transport: LogTransport;
  stop(): Promise<void>;
}

async function join(prefix: string): Promise<Instance> {
  const { log, logId } = await connectLog({
    location: { kind: 'kafka', brokers: brokers(), prefix },
    logger: () => undefined,
  });
  const checkpoints = new PostgresCheckpoints({ pool, schema: 'subscriber', logId });
  const transport = new LogTransport({
    log,
    group: 'effects',
    receive: typedMessages({ start: 'beginning', checkpoints }),
  });
  const app = await NestFactory.createMicroservice(EffectsModule, { strategy: transport, logger: false });
  await app.listen();
  const effects = app.get(Effects);
  return {
    transport,
    handled: () => effects.handled,
    stop: async () => {
      await app.close();
      await log.close();
    },
  };
}

const brokers = (): string[] => (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');

/** Appends numbered calls of every session until it is told to stop; resolves with how many each has. */
async function load(log: Log, signal: AbortSignal): Promise<number> {
  let number = 0;
  for (; !signal.aborted; number += 1) {
    const calls = Array.from({ length: SESSIONS }, (_, session) =>
      encodeMessage(llmRecorded({ session: `s${session}`, agentName: String(number) })),
    );
    await log.append('events', calls);
    await pause(50, undefined, { signal }).catch(() => undefined);
  }
  return number;
}

it(
  'two instances of which one comes and goes all the time under load: each effect once, each key in order',
  async () => {
    const prefix = uniqueName('rebalance');
    database = await createDatabase(process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '', prefix.replaceAll('-', '_'));
    pool = new pg.Pool({ connectionString: database.url });
    await pool.query('CREATE TABLE effects (position bigserial, session text, number int)');
    const log = await openLog({
      ...{ kind: 'kafka', brokers: brokers(), prefix, clientId: 'load', messageBytesMax: 8 * 1024 * 1024 },
      logger: () => undefined,
    });
    await (await ControlFollower.open({ log, source: 'test', partitions: DEFAULT_PARTITION_COUNTS })).stop();
    const stopping = new AbortController();
    const loaded = load(log, stopping.signal);
    const staying = await join(prefix);
    await eventually(() => staying.handled() >= MESSAGES_BETWEEN, {
      timeoutMs: 30_000,
      what: 'one instance handles all',
    });

    const begunMs = performance.now();
    let changes = 0;
    while (performance.now() - begunMs < UNDER_LOAD_MS) {
      const coming = await join(prefix);
      await eventually(() => coming.handled() >= MESSAGES_BETWEEN, { timeoutMs: 60_000, what: 'both handle some' });
      await coming.stop();
      const before = staying.handled();
      await eventually(() => staying.handled() >= before + MESSAGES_BETWEEN, {
        timeoutMs: 60_000,
        what: 'the one that stays handles all again',
      });
      changes += 2;
    }
    stopping.abort();
    const numbers = await loaded;
    const count = async (): Promise<number> =>
      Number((await pool.query<{ count: string }>('SELECT count(*) FROM effects')).rows[0]?.count);
    await eventually(async () => (await count()) >= numbers * SESSIONS, { timeoutMs: 60_000, what: 'all is handled' });
    await staying.stop();

    const { rows } = await pool.query<{ session: string; numbers: number[] }>(
      'SELECT session, array_agg(number ORDER BY position) AS numbers FROM effects GROUP BY session',
    );
    expect(rows).toHaveLength(SESSIONS);
    const inOrder = Array.from({ length: numbers }, (_, number) => number);
    for (const row of rows) expect(row.numbers).toEqual(inOrder);
    const stallMs = Math.max(...handledAtMs.map((at, index) => at - (handledAtMs[index - 1] ?? at)));
    process.stderr.write(
      `rebalance: ${changes} changes of the group, ${numbers * SESSIONS} messages, longest stall ${Math.round(stallMs)} ms\n`,
    );
    expect(changes).toBeGreaterThanOrEqual(4);
    await log.close();
    await pool.end();
    await database.drop();
  },
  UNDER_LOAD_MS + 240_000,
);
