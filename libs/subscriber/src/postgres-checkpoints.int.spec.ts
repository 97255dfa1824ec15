import 'reflect-metadata';
import { encodeMessage, logId, offset, type LlmRecorded } from '@logbook/contracts';
import { DependencyUnavailableError, StoreMismatchError, type Batch } from '@logbook/core';
import { createDatabase, uniqueName, type OwnDatabase } from '@logbook/testing';
import { Controller, Module, type Type } from '@nestjs/common';
import pg from 'pg';
import { PostgresCheckpoints } from './checkpoints/postgres-checkpoints.js';
import type { Place } from './checkpoints/checkpoint-store.js';
import { HandlerContext } from './handlers/handler-context.js';
import { OnMessage, OnMessages } from './handlers/message-handlers.decorator.js';
import { typedMessages, type TypedMessagesOptions } from './receivers/typed-messages.js';
import { llmRecorded, SubscriberTest } from './testing/index.js';

let database: OwnDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  const name = uniqueName('subscriber').replaceAll('-', '_');
  database = await createDatabase(process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '', name);
  pool = new pg.Pool({ connectionString: database.url });
  await pool.query('CREATE TABLE effects (position bigserial, agent text NOT NULL)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

let schema: string;
let test: SubscriberTest;
let attempts: string[];
/** What a handler meets after it has written; by default nothing. */
let meet: (event: LlmRecorded, context: HandlerContext) => void;
const write = (events: readonly LlmRecorded[], context: HandlerContext) =>
  context
    .transaction<pg.PoolClient>()
    .query('INSERT INTO effects (agent) SELECT unnest($1::text[])', [events.map(({ agentName }) => agentName)]);

@Controller()
class Single {
  @OnMessage('com.logbook.llm.recorded.v1')
  async onCall(event: LlmRecorded, context: HandlerContext): Promise<void> {
    attempts.push(`${event.agentName}${context.attempt}`);
    await write([event], context);
    meet(event, context);
  }
}

@Controller()
class Together {
  @OnMessages('com.logbook.llm.recorded.v1')
  async onCalls(events: readonly LlmRecorded[], context: HandlerContext): Promise<void> {
    attempts.push(events.map(({ agentName }) => agentName).join(''));
    await write(events, context);
    for (const event of events) meet(event, context);
  }
}

async function start(controller: Type, options: Partial<TypedMessagesOptions> = {}): Promise<void> {
  @Module({ controllers: [controller] })
  class TestModule {}
  test = await SubscriberTest.start({
    module: TestModule,
    receive: ({ logId: id }) =>
      typedMessages({
        start: 'beginning',
        checkpoints: new PostgresCheckpoints({ pool, schema, logId: id }),
        retries: { firstWaitMs: 1, waitMsMax: 2, attemptsMax: 3 },
        ...options,
      }),
  });
}

/** In one append and one partition, so that they come as one batch. */
const append = (...agents: readonly string[]) =>
  test.log.append(
    'events',
    agents.map((agentName) => encodeMessage(llmRecorded({ session: 's', agentName }))),
  );
const effects = async (): Promise<string[]> =>
  (await pool.query<{ agent: string }>('SELECT agent FROM effects ORDER BY position')).rows.map(({ agent }) => agent);
const failing =
  (name: string, times = Number.POSITIVE_INFINITY) =>
  (event: LlmRecorded): void => {
    if (event.agentName === name && times-- > 0) throw new Error(`cannot take ${name}`);
  };

beforeEach(async () => {
  schema = uniqueName('schema');
  attempts = [];
  meet = () => undefined;
  await pool.query('TRUNCATE effects');
});

describe('positions in the database of the service', () => {
  afterEach(() => test.close());

  it('make a redelivery and a restart leave every effect as it is: once', async () => {
    await start(Single);
    await append('a', 'b', 'c');
    await test.settled();
    await test.redeliver();
    await test.restart();
    await append('d');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a', 'b', 'c', 'd']);
  });

  it('roll back what a handler wrote before it failed, and try it again: twice failed, then once there', async () => {
    await start(Single);
    meet = failing('b', 2);
    await append('a', 'b', 'c');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a', 'b', 'c']);
    expect(attempts).toEqual(['a1', 'b1', 'a1', 'b2', 'b3', 'c1']);
    await expect(test.deadLetters()).resolves.toEqual([]);
  });

  it('move past a message that always fails, which becomes a dead letter and leaves no effect', async () => {
    await start(Single);
    meet = failing('b');
    await append('a', 'b', 'c');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a', 'c']);
    expect(attempts.filter((each) => each.startsWith('b'))).toEqual(['b1', 'b2', 'b3']);
    await expect(test.deadLetters()).resolves.toMatchObject([{ reason: 'Error: cannot take b', step: 'handle' }]);
  });

  it('lose of a batch only the message that the handler throws on', async () => {
    await start(Together);
    meet = failing('c');
    await append('a', 'b', 'c', 'd');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a', 'b', 'd']);
    expect(attempts).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'c', 'd']);
    await expect(test.deadLetters()).resolves.toHaveLength(1);
  });

  it('set aside the message whose row Postgres refuses', async () => {
    await start(Together);
    await append('a', 'nul\0', 'c');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a', 'c']);
  });

  it('set aside what only the commit refuses', async () => {
    await pool.query(
      'CREATE TABLE unique_effects (agent text UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO unique_effects VALUES ($$taken$$)',
    );
    @Controller()
    class Deferred {
      @OnMessage('com.logbook.llm.recorded.v1')
      async onCall({ agentName }: LlmRecorded, context: HandlerContext): Promise<void> {
        await context.transaction<pg.PoolClient>().query('INSERT INTO unique_effects VALUES ($1)', [agentName]);
      }
    }
    await start(Deferred);
    await append('a', 'taken', 'c');
    await test.settled();
    const { rows } = await pool.query('SELECT agent FROM unique_effects ORDER BY agent');
    expect(rows).toEqual([{ agent: 'a' }, { agent: 'c' }, { agent: 'taken' }]);
    await expect(test.deadLetters()).resolves.toHaveLength(1);
  });

  it('wait for what is away without counting, and leave nothing of the attempts', async () => {
    await start(Single);
    let left = 4;
    meet = () => {
      if (left-- > 0) throw new DependencyUnavailableError('away');
    };
    await append('a');
    await test.settled();
    await expect(effects()).resolves.toEqual(['a']);
    expect(attempts).toHaveLength(5);
    await expect(test.deadLetters()).resolves.toEqual([]);
  });

  it('halt once too many fail, with nothing set aside that was not', async () => {
    await start(Single, { deadLettersPerMinuteMax: 1 });
    meet = (event) => {
      if (event.agentName !== 'a') throw new Error('broken');
    };
    await append('a', 'b', 'c');
    await expect(test.settled()).rejects.toThrow(/1 messages were within the last minute/);
    await expect(test.deadLetters()).resolves.toHaveLength(1);
    await expect(effects()).resolves.toEqual(['a']);
  });

  it('begin anew where their table was dropped', async () => {
    await start(Single);
    await append('a');
    await test.settled();
    await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
    await append('b');
    await expect(test.settled()).resolves.toBeUndefined();
    await expect(effects()).resolves.toEqual(['a', 'a', 'b']);
  });
});

describe('PostgresCheckpoints', () => {
  const id = logId('00000000-0000-4000-8000-000000000001');
  const place: Place = {
    group: 'g',
    topic: 'events',
    partition: 0,
    inLog: { committed: () => Promise.resolve(undefined), commit: () => Promise.resolve() },
    onCommitFailed: () => undefined,
  };
  const message = (at: number) =>
    ({ topic: 'events', partition: 0, offset: offset(at), key: null, headers: {}, value: null }) as const;
  const batch = (from: number, next: number): Batch => ({
    ...{ topic: 'events', partition: 0, from: offset(from), next: offset(next), end: offset(9) },
    messages: Array.from({ length: next - from }, (_, index) => message(from + index)),
  });
  const open = (of = id) => new PostgresCheckpoints({ pool, schema, logId: of });
  async function begun(next: number): Promise<PostgresCheckpoints> {
    const checkpoints = open();
    await expect(checkpoints.find(place)).resolves.toBeUndefined();
    await checkpoints.begin(place, { next: offset(next) });
    return checkpoints;
  }

  it('keeps where the first of two began', async () => {
    const checkpoints = await begun(5);
    await expect(checkpoints.begin(place, { next: offset(7) })).resolves.toEqual({ next: 5 });
    await expect(checkpoints.find(place)).resolves.toEqual({ next: 5 });
  });

  it.each([
    [4, 'STALE'],
    [5, 'CONSUMED'],
    [6, 'STALE'],
  ])('at 5 takes a batch from %i as %s, and runs the effects of no other', async (from, outcome) => {
    const checkpoints = await begun(5);
    let isRun = false;
    const moved = checkpoints.move(place, batch(from, from + 2), async () => {
      isRun = true;
      return batch(from, from + 2);
    });
    await expect(moved).resolves.toBe(outcome);
    expect(isRun).toBe(outcome === 'CONSUMED');
    const found = await checkpoints.find(place);
    expect(found?.next).toBe(outcome === 'CONSUMED' ? 7 : 5);
    expect(found?.last?.offset).toBe(outcome === 'CONSUMED' ? 6 : undefined);
  });

  it('of two owners lets one commit; the other has written nothing', async () => {
    const [first, second] = [await begun(0), open()];
    let meanwhile: Promise<string> | undefined;
    const outcome = await first.move(place, batch(0, 2), async (client) => {
      await (client as pg.PoolClient).query(`INSERT INTO effects (agent) VALUES ('first')`);
      meanwhile = second.move(place, batch(0, 2), async (other) => {
        await (other as pg.PoolClient).query(`INSERT INTO effects (agent) VALUES ('second')`);
        return batch(0, 2);
      });
      return batch(0, 2);
    });
    expect([outcome, await meanwhile]).toEqual(['CONSUMED', 'STALE']);
    await expect(effects()).resolves.toEqual(['first']);
  });

  it('moves behind what was done of a batch that was interrupted, and nowhere where nothing was', async () => {
    const checkpoints = await begun(0);
    await expect(checkpoints.move(place, batch(0, 3), async () => batch(0, 1))).resolves.toBe('INTERRUPTED');
    await expect(checkpoints.find(place)).resolves.toMatchObject({ next: 1, last: { offset: 0 } });
    await expect(checkpoints.move(place, batch(1, 3), async () => undefined)).resolves.toBe('INTERRUPTED');
    await expect(checkpoints.find(place)).resolves.toMatchObject({ next: 1 });
  });

  it('refuses the positions of another log', async () => {
    await begun(0);
    const another = open(logId('00000000-0000-4000-8000-000000000002'));
    await expect(another.find(place)).rejects.toThrow(StoreMismatchError);
  });

  it('says that Postgres is away as something to wait for', async () => {
    const away = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    const checkpoints = new PostgresCheckpoints({ pool: away, schema, logId: id });
    await expect(checkpoints.find(place)).rejects.toThrow(DependencyUnavailableError);
    await away.end();
  });
});
