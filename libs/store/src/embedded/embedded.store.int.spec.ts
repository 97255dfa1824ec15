import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { acme, batch, emptyDatabase, event, live, registerAgent } from '../contract-fixtures.contract.js';
import { describeKeyUses } from '../key-uses/key-uses.contract.js';
import { describeDigests } from '../digest/digests.contract.js';
import { describeRowHash } from '../digest/row-hash.contract.js';
import { describeGenerations } from '../generations/generations.contract.js';
import { describeSeveralGenerations } from '../generations/several-generations.contract.js';
import { Generations } from '../generations/generations.js';
import { describeTwoFolds } from '../generations/two-folds.contract.js';
import { openStore, type Store } from '../open-store.js';
import { describeDeadLetters } from '../reader/dead-letters.contract.js';
import { describeProjectionReader } from '../reader/projection-reader.contract.js';
import { ProjectionReader } from '../reader/projection-reader.js';
import { describeCheckpointWatch } from '../watch/checkpoint-watch.contract.js';
import { describeBatchWriter } from '../writer/batch-writer.contract.js';
import { describeSharedTransactions } from '../writer/shared-transactions.contract.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { describeEventsSlice } from '../writer/load-events-slice.contract.js';
import { describeRefusals } from '../writer/refusals.contract.js';

const onError = (error: Error): void => {
  throw error;
};

describe('the embedded store', () => {
  let root: string;
  let store: Store;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'logbook-store-'));
    store = await openStore({ kind: 'embedded', dir: join(root, 'store'), onError });
  }, 60_000);
  afterAll(async () => {
    await store.close();
    await rm(root, { recursive: true, force: true });
  });

  describeGenerations(() => store);
  describeSeveralGenerations(() => store);
  describeBatchWriter(() => store);
  describeSharedTransactions(() => store);
  describeEventsSlice(() => store);
  describeRefusals(() => store);
  describeProjectionReader(() => store);
  describeDeadLetters(() => store);
  describeCheckpointWatch(() => store);
  describeTwoFolds(() => store);
  describeRowHash(() => store);
  describeDigests(() => store);
  describeKeyUses(() => store);

  it('keeps the statements of connections apart that run at the same time', async () => {
    const clients = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client((await store.address)?.url);
        await client.connect();
        return client;
      }),
    );
    // A parameter this long arrives in pieces, and the short statements of others in between.
    const long = 'x'.repeat(4 * 1024 * 1024);
    const answers = await Promise.all(
      clients.map(async (client, index) => {
        const [text, values] =
          index % 2 === 0 ? ['SELECT length($1::text) AS n', [long]] : ['SELECT $1::int + $2::int AS n', [index, 1]];
        const given = new Set<number | undefined>();
        for (let turn = 0; turn < 4; turn += 1) {
          given.add((await client.query<{ n: number }>(text, values as unknown[])).rows[0]?.n);
        }
        return [...given];
      }),
    );
    expect(answers).toEqual([[long.length], [2], [long.length], [4]]);
    await Promise.all(clients.map((client) => client.end()));
  });

  it('lets neither a request nor a command queue behind batches of events', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const writer = new BatchWriter(store);
    for (const topic of ['commands', 'events'] as const)
      await writer.startPosition(generation, { topic, partition: 0 });
    const another = await store.background.connect();
    const events = writer.apply(generation, batch('events', 0, [event(1)]));
    await expect(writer.apply(generation, batch('commands', 0, [registerAgent(1, 'a')]))).resolves.toBe('CONSUMED');
    await expect(new ProjectionReader(store).agent(acme, 'a')).resolves.toMatchObject({ state: 'READY' });
    await expect(new ProjectionReader(store).session(acme, 's')).resolves.toMatchObject({ value: null });
    another.release();
    await expect(events).resolves.toBe('CONSUMED');
  });

  it('serves another process at its address', async () => {
    await emptyDatabase(store);
    const generation = await new Generations(store).ensureLive(live());
    const attached = await openStore({ kind: 'attached', url: (await store.address)?.url ?? '' });
    const writer = new BatchWriter(store);
    await writer.startPosition(generation, { topic: 'events', partition: 0 });
    await writer.apply(generation, batch('events', 0, [event(1)]));
    await expect(new ProjectionReader(attached).session(acme, 's')).resolves.toMatchObject({
      value: { eventCount: 1 },
    });
    await attached.close();
  });

  it('goes on after a connection ended in the middle of a transaction', async () => {
    const leaving = new pg.Client((await store.address)?.url);
    await leaving.connect();
    await leaving.query('BEGIN');
    await leaving.query('CREATE TABLE never (n int)');
    await leaving.end();
    await store.ping();
    const { rows } = await store.pool.query(`SELECT to_regclass('never') AS name`);
    expect(rows).toEqual([{ name: null }]);
  });
});

describe('the directory of an embedded store', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'logbook-store-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('holds what was written when it is opened again', async () => {
    const dir = join(root, 'store');
    const first = await openStore({ kind: 'embedded', dir, onError });
    await new Generations(first).ensureLive(live());
    await first.close();
    const second = await openStore({ kind: 'embedded', dir, onError });
    await expect(new Generations(second).pointedTo()).resolves.toMatchObject({ name: 'gen_1' });
    await second.close();
  }, 60_000);

  it('is moved aside and begun anew where it cannot be opened, and that is reported', async () => {
    const dir = join(root, 'store');
    const first = await openStore({ kind: 'embedded', dir, onError });
    await new Generations(first).ensureLive(live());
    await first.close();
    await writeFile(join(dir, 'global', 'pg_control'), 'garbage');
    const onRebuilt = jest.fn();
    const second = await openStore({ kind: 'embedded', dir, onError, onRebuilt });
    expect(onRebuilt).toHaveBeenCalledWith({ dir, movedTo: `${dir}.unreadable`, reason: expect.any(String) });
    expect(existsSync(join(`${dir}.unreadable`, 'PG_VERSION'))).toBe(true);
    await expect(new Generations(second).pointedTo()).resolves.toBeUndefined();
    await second.close();
  }, 120_000);
});
