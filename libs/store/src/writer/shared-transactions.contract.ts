import { type Batch, LogUnavailableError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import {
  batch,
  dropTables,
  emptyDatabase,
  event,
  live,
  registerAgent,
  type OpenedStore,
} from '../contract-fixtures.contract.js';
import type { Generation } from '../generations/generation.js';
import { Generations } from '../generations/generations.js';
import { generationName } from '../sql/identifiers.js';
import { BatchWriter } from './batch-writer.js';

/** What batches of several partitions that come at the same time have in common, and what not. */
export function describeSharedTransactions(opened: OpenedStore): void {
  describe('BatchWriter and batches of several partitions at the same time', () => {
    let generation: Generation;
    let writer: BatchWriter;
    const rows = async (table: string) =>
      (await opened().pool.query<Record<string, unknown>>(`SELECT * FROM gen_1.${table}`)).rows;
    const partitions = [0, 1, 2] as const;
    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      writer = new BatchWriter(opened());
      for (const partition of partitions) await writer.startPosition(generation, { topic: 'events', partition });
    });

    /** So many events for a partition, in a session of its own. */
    const part = (partition: number, { from = 0, count = 1 } = {}) => {
      const events = Array.from({ length: count }, (_, index) =>
        event(partition * 10_000 + from + index, { session: `s${partition}` }),
      );
      return batch('events', from, events, { partition });
    };
    /** Two events, the first of which cannot be decoded. */
    const poisoned = (partition: number, from = 0): Batch => {
      const sound = part(partition, { from, count: 2 });
      return { ...sound, messages: sound.messages.map((each, at) => (at === 0 ? { ...each, value: null } : each)) };
    };
    const applyAll = (batches: readonly Batch[], by = writer) =>
      Promise.all(batches.map((each) => by.apply(generation, each).catch((error: unknown) => error)));
    const checkpoints = async (of: readonly number[] = partitions) =>
      (
        await opened().pool.query<{ next: number; transaction: string }>(
          `SELECT next_offset AS next, xmin::text AS transaction FROM gen_1.checkpoints
              WHERE topic = 'events' AND partition = ANY ($1) ORDER BY partition`,
          [of],
        )
      ).rows;
    const nexts = async () => (await checkpoints()).map((row) => row.next);
    const transactions = async (of: readonly number[] = partitions) =>
      new Set((await checkpoints(of)).map((row) => row.transaction)).size;

    it('share a transaction', async () => {
      expect(await applyAll(partitions.map((partition) => part(partition, { count: 3 })))).toEqual(
        partitions.map(() => 'CONSUMED'),
      );
      expect([await nexts(), await transactions()]).toEqual([[3, 3, 3], 1]);
      expect(await rows('sessions')).toMatchObject(partitions.map(() => ({ event_count: 3 })));
    });

    it('share one of commands', async () => {
      const commands = (partition: number) =>
        batch('commands', 0, [registerAgent(partition, `a${partition}`)], { partition });
      for (const partition of partitions) await writer.startPosition(generation, { topic: 'commands', partition });
      const foreign = partitions.map((partition) => ({ ...commands(partition), partition }));
      expect(await applyAll(foreign)).toEqual(partitions.map(() => 'CONSUMED'));
      const { rows: moved } = await opened().pool.query(
        `SELECT DISTINCT xmin::text FROM gen_1.checkpoints WHERE topic = 'commands' AND next_offset = 1`,
      );
      expect([moved.length, (await rows('agents')).length]).toEqual([1, 3]);
    });

    it('share it up to its limit of messages, and not past it', async () => {
      const half = (opened().notifies ? 4_000 : 1_000) / 2;
      await whileBusy([part(0, { count: half }), part(1, { count: half })]);
      expect([(await nexts()).slice(0, 2), await transactions([0, 1])]).toEqual([[half, half], 1]);
      await whileBusy([part(0, { from: half, count: half }), part(1, { from: half, count: half + 1 })]);
      expect([(await nexts()).slice(0, 2), await transactions([0, 1])]).toEqual([[2 * half, 2 * half + 1], 2]);
    });

    /** Applies them while as many transactions as may be are under way, so that they come together. */
    async function whileBusy(batches: readonly Batch[]): Promise<void> {
      const begun = new Set<number>();
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      const busy = new BatchWriter(opened(), {
        onDeadLetters: async (_, { partition }) => {
          begun.add(partition);
          await released;
        },
      });
      const applied: Promise<unknown>[] = [];
      for (const partition of opened().notifies ? [8, 9] : [9]) {
        const { next: from } = await writer.startPosition(generation, { topic: 'events', partition });
        applied.push(busy.apply(generation, poisoned(partition, from)));
        await eventually(() => begun.has(partition), { what: 'its transaction is under way' });
      }
      applied.push(applyAll(batches, busy));
      // Until they are judged, in as many turns as there are pieces of them.
      for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      release();
      await Promise.all(applied);
    }

    it('leave out the one that is not where its checkpoint is, and tell its owner', async () => {
      expect(await applyAll([part(0), part(1, { from: 5 }), part(2)])).toEqual(['CONSUMED', 'STALE', 'CONSUMED']);
      expect([await nexts(), (await rows('events')).length]).toEqual([[1, 0, 1], 2]);
    });

    it('are all STALE where none is where its checkpoint is, or the tables are gone', async () => {
      expect(await applyAll([part(0, { from: 5 }), part(1, { from: 5 })])).toEqual(['STALE', 'STALE']);
      await dropTables(opened(), 'gen_1');
      expect(await applyAll([part(0), part(1)])).toEqual(['STALE', 'STALE']);
    });

    it('do not hold two batches of one partition', async () => {
      const outcomes = await applyAll([part(0), part(0, { count: 2 }), part(2)]);
      expect([outcomes.slice(0, 2).sort(), outcomes[2]]).toEqual([['CONSUMED', 'STALE'], 'CONSUMED']);
      expect((await rows('events')).length).toBe((await nexts()).reduce((sum, each) => sum + each, 0));
    });

    it('fail alone where Postgres refuses one of them', async () => {
      await opened().pool.query('ALTER TABLE gen_1.sessions ADD CONSTRAINT never CHECK (event_count < 3)');
      expect(await applyAll([part(0), part(1, { count: 3 }), part(2)])).toEqual([
        'CONSUMED',
        expect.objectContaining({ code: '23514' }),
        'CONSUMED',
      ]);
      expect([await nexts(), (await rows('events')).length]).toEqual([[1, 0, 1], 2]);
    });

    it('leave alone the one whose dead letters are told: nobody else waits for the log', async () => {
      const onDeadLetters = jest
        .fn<Promise<void>, []>()
        .mockRejectedValueOnce(new LogUnavailableError('the log is away'));
      const telling = new BatchWriter(opened(), { onDeadLetters });
      expect(await applyAll([part(0), poisoned(1), part(2)], telling)).toEqual([
        'CONSUMED',
        expect.any(LogUnavailableError),
        'CONSUMED',
      ]);
      expect([await nexts(), await transactions([0, 2]), onDeadLetters.mock.calls.length]).toEqual([[1, 0, 1], 1, 1]);
      onDeadLetters.mockResolvedValue(undefined);
      expect(await applyAll([poisoned(1), part(2, { from: 1 })], telling)).toEqual(['CONSUMED', 'CONSUMED']);
      expect([await nexts(), await transactions([1, 2]), (await rows('dead_letters')).length]).toEqual([
        [1, 2, 2],
        2,
        1,
      ]);
    });

    it('are of one generation', async () => {
      await opened().pool.query('CREATE SCHEMA gen_9');
      const elsewhere = { ...generation, name: generationName('gen_9') };
      const outcomes = await Promise.all([
        writer.apply(generation, part(0)),
        writer.apply(elsewhere, part(1)),
        writer.apply(generation, part(2)),
      ]);
      await opened().pool.query('DROP SCHEMA gen_9');
      expect([outcomes, await nexts()]).toEqual([
        ['CONSUMED', 'STALE', 'CONSUMED'],
        [1, 0, 1],
      ]);
    });
  });
}

/** Where transactions run side by side, and one may hold the checkpoint of another's partition. */
export function describeHeldCheckpoints(opened: OpenedStore): void {
  describe('BatchWriter and a checkpoint that another transaction holds', () => {
    let generation: Generation;
    let writer: BatchWriter;
    const partitions = [0, 1, 2, 3] as const;
    const part = (partition: number, from = 0): Batch =>
      batch('events', from, [event(partition * 100 + from, { session: `s${partition}` })], { partition });
    const lock = (which: string) => `SELECT FROM gen_1.checkpoints WHERE ${which} ORDER BY topic, partition FOR UPDATE`;

    beforeEach(async () => {
      await emptyDatabase(opened());
      generation = await new Generations(opened()).ensureLive(live());
      writer = new BatchWriter(opened());
      for (const partition of partitions) await writer.startPosition(generation, { topic: 'events', partition });
    });

    it('holds up nobody else’s batch, however often they come', async () => {
      const holder = await opened().pool.connect();
      await holder.query('BEGIN');
      await holder.query(lock('partition IN (1, 2, 3)'));
      let settled = 0;
      const held = [1, 2, 3].map((partition) =>
        writer.apply(generation, part(partition)).finally(() => {
          settled += 1;
        }),
      );
      for (let from = 0; from < 5; from += 1) {
        await expect(writer.apply(generation, part(0, from))).resolves.toBe('CONSUMED');
      }
      expect(settled).toBe(0);
      await holder.query('COMMIT');
      holder.release();
      await expect(Promise.all(held)).resolves.toEqual(['CONSUMED', 'CONSUMED', 'CONSUMED']);
    });

    it('is STALE once that transaction has moved it', async () => {
      const holder = await opened().pool.connect();
      await holder.query('BEGIN');
      await holder.query(`UPDATE gen_1.checkpoints SET next_offset = 1 WHERE topic = 'events' AND partition = 1`);
      const outcomes = Promise.all([0, 1].map((partition) => writer.apply(generation, part(partition))));
      await eventually(
        async () => (await writer.startPosition(generation, { topic: 'events', partition: 0 })).next === 1,
        {
          what: 'the other batch is committed',
        },
      );
      await holder.query('COMMIT');
      holder.release();
      await expect(outcomes).resolves.toEqual(['CONSUMED', 'STALE']);
    });

    it('never makes a deadlock with one who locks them all, as a swap does', async () => {
      let stopped = false;
      const applying = partitions.map(async (partition) => {
        for (let from = 0; !stopped; from += 1) {
          await expect(writer.apply(generation, part(partition, from))).resolves.toBe('CONSUMED');
        }
      });
      for (let round = 0; round < 20; round += 1) {
        const swap = await opened().pool.connect();
        await swap.query('BEGIN');
        await swap.query(lock('partition < 2'));
        await swap.query('SELECT pg_sleep(0.01)');
        await swap.query(lock('true'));
        await swap.query('COMMIT');
        swap.release();
      }
      stopped = true;
      await Promise.all(applying);
    });
  });
}
