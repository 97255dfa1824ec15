import { createServer, type Server } from 'node:net';
import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { createDatabase, eventually, uniqueName, type OwnDatabase } from '@logbook/testing';
import pg from 'pg';
import { acme, batch, emptyDatabase, event, live, registerAgent } from './contract-fixtures.contract.js';
import { describeKeyUses } from './key-uses/key-uses.contract.js';
import { describeDigests } from './digest/digests.contract.js';
import { describeRowHash } from './digest/row-hash.contract.js';
import { describeGenerations } from './generations/generations.contract.js';
import { describeSeveralGenerations } from './generations/several-generations.contract.js';
import { Generations } from './generations/generations.js';
import { describeTwoFolds } from './generations/two-folds.contract.js';
import { openStore, type Store } from './open-store.js';
import { describeDeadLetters } from './reader/dead-letters.contract.js';
import { describeProjectionReader } from './reader/projection-reader.contract.js';
import { ProjectionReader } from './reader/projection-reader.js';
import { describeCheckpointWatch } from './watch/checkpoint-watch.contract.js';
import { CheckpointWatch } from './watch/checkpoint-watch.js';
import { describeBatchWriter } from './writer/batch-writer.contract.js';
import { describeHeldCheckpoints, describeSharedTransactions } from './writer/shared-transactions.contract.js';
import { BatchWriter } from './writer/batch-writer.js';
import { describeEventsSlice } from './writer/load-events-slice.contract.js';
import { describeRefusals } from './writer/refusals.contract.js';

const serverUrl = process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '';
describe('the store on PostgreSQL', () => {
  let database: OwnDatabase;
  let store: Store;

  beforeAll(async () => {
    database = await createDatabase(serverUrl, uniqueName('store').replaceAll('-', '_'));
    store = await openStore({ kind: 'postgres', url: database.url });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  describeGenerations(() => store);
  describeSeveralGenerations(() => store);
  describeBatchWriter(() => store);
  describeSharedTransactions(() => store);
  describeHeldCheckpoints(() => store);
  describeEventsSlice(() => store);
  describeRefusals(() => store);
  describeProjectionReader(() => store);
  describeDeadLetters(() => store);
  describeCheckpointWatch(() => store);
  describeTwoFolds(() => store);
  describeRowHash(() => store);
  describeDigests(() => store);
  describeKeyUses(() => store);

  it('wakes a waiter in another process by notification, long before it would look again', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const writer = new BatchWriter(store);
    await writer.startPosition(generation, { topic: 'commands', partition: 0 });
    const listening = await openStore({ kind: 'postgres', url: database.url });
    const watch = new CheckpointWatch(listening);
    const waits: number[] = [];
    // The first waits only make sure that the connection that listens is up.
    for (let from = 0; from < 8; from += 1) {
      const waiting = watch.reached({ topic: 'commands', partition: 0, offset: offset(from) }, { timeoutMs: 10_000 });
      await eventually(() => listening.pool.idleCount > 0, { what: 'the first look' });
      const startMs = performance.now();
      await writer.apply(generation, batch('commands', from, [registerAgent(from, `a${from}`)]));
      await expect(waiting).resolves.toBe('REACHED');
      waits.push(performance.now() - startMs);
    }
    expect(Math.min(...waits.slice(3))).toBeLessThan(100);
    await watch.close();
    await listening.close();
  });

  it('hears of checkpoints again after the connection that listens was cut', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const writer = new BatchWriter(store);
    await writer.startPosition(generation, { topic: 'commands', partition: 0 });
    const onListenerLost = jest.fn();
    const watch = new CheckpointWatch(store, { onListenerLost });
    const waiting = watch.reached({ topic: 'commands', partition: 0, offset: offset(0) }, { timeoutMs: 20_000 });
    const listeners = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'`;
    const listening = () =>
      eventually(async () => (await store.pool.query(listeners)).rows.length === 1, { what: 'one listener' });
    await listening();
    await store.pool.query(`SELECT pg_terminate_backend(pid) FROM (${listeners}) AS l`);
    await eventually(() => onListenerLost.mock.calls.length > 0, { what: 'the loss to be noticed' });
    await listening();
    await writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]));
    await expect(waiting).resolves.toBe('REACHED');
    await watch.close();
  });

  it('leaves an event alone whose id another partition wrote while the batch was under way', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const writer = new BatchWriter(store);
    for (const partition of [0, 1]) await writer.startPosition(generation, { topic: 'events', partition });
    await writer.apply(generation, batch('events', 0, [event(1, { session: 'first' })], { partition: 1 }));
    const other = new pg.Client(database.url);
    await other.connect();
    // The row is there, and as if not yet committed.
    await other.query(`CREATE TABLE gen_1.kept AS SELECT * FROM gen_1.events; DELETE FROM gen_1.events`);
    await other.query(`BEGIN; INSERT INTO gen_1.events SELECT * FROM gen_1.kept`);
    const applying = writer.apply(generation, batch('events', 0, [event(1, { session: 'second' }), event(2)]));
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await eventually(async () => (await store.pool.query(waiting)).rows.length === 1, {
      what: 'the writer to wait for the other row',
    });
    await other.query('COMMIT');
    await other.end();
    await expect(applying).resolves.toBe('CONSUMED');
    const { rows } = await store.pool.query('SELECT session, event_count FROM gen_1.sessions ORDER BY session');
    expect(rows).toEqual([
      { session: 'first', event_count: 1 },
      { session: 's', event_count: 1 },
    ]);
  });

  it('rejects with DependencyUnavailableError when the connection is cut in a transaction, and applies the batch once', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const writer = new BatchWriter(store);
    await writer.startPosition(generation, { topic: 'events', partition: 0 });
    const blocker = new pg.Client(database.url);
    await blocker.connect();
    await blocker.query(`BEGIN; SELECT FROM gen_1.checkpoints FOR UPDATE`);
    const applying = writer.apply(generation, batch('events', 0, [event(1)]));
    const cut = expect(applying).rejects.toThrow(DependencyUnavailableError);
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await eventually(async () => (await blocker.query(waiting)).rows.length === 1, {
      what: 'the writer to wait for the fence',
    });
    await blocker.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS w`);
    await cut;
    await blocker.query('ROLLBACK');
    await blocker.end();
    await expect(writer.apply(generation, batch('events', 0, [event(1)]))).resolves.toBe('CONSUMED');
    await expect(new ProjectionReader(store).session(acme, 's')).resolves.toMatchObject({ value: { eventCount: 1 } });
  });
});

describe('a PostgreSQL that is away', () => {
  let silent: Server;
  let port: number;

  beforeAll(async () => {
    silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => silent.close(resolve));
  });

  it('lets the store be opened, and every operation says what is unavailable', async () => {
    const store = await openStore({ kind: 'postgres', url: `postgres://u:p@127.0.0.1:${port}/none` });
    await expect(store.ping()).rejects.toThrow(/Postgres is unavailable: .*ECONNREFUSED/);
    await expect(new ProjectionReader(store).agent(acme, 'a')).rejects.toThrow(DependencyUnavailableError);
    await expect(new Generations(store).ensureLive(live())).rejects.toThrow(DependencyUnavailableError);
    const generation = { name: 'gen_1', foldVersion: 1 } as const;
    await expect(new BatchWriter(store).apply(generation, batch('events', 0, [event(1)]))).rejects.toThrow(
      DependencyUnavailableError,
    );
    const watch = new CheckpointWatch(store);
    await expect(
      watch.reached({ topic: 'events', partition: 0, offset: offset(0) }, { timeoutMs: 200 }),
    ).rejects.toThrow(DependencyUnavailableError);
    await watch.close();
    await store.close();
  });
});
