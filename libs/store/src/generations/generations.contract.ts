import { logId, offset } from '@logbook/contracts';
import { StoreMismatchError } from '@logbook/core';
import { CURRENT_FOLD_VERSION } from '@logbook/projections';
import type { QueryRunner } from 'typeorm';
import { dropTables, emptyDatabase, live, LOG_ID, type OpenedStore } from '../contract-fixtures.contract.js';
import { migrateOps, OPS_MIGRATIONS } from '../ops/migrate-ops.js';
import { Generations } from './generations.js';

export function describeGenerations(opened: OpenedStore): void {
  describe('Generations', () => {
    beforeEach(() => emptyDatabase(opened()));

    const generationRow = async (name: string) =>
      (
        await opened().pool.query<{ incarnation: string; ready: boolean; log_ends: unknown }>(
          `SELECT incarnation, ready, log_ends FROM ${name}.generation`,
        )
      ).rows[0];

    it('migrates a database that has no ops schema, and does so once', async () => {
      await migrateOps(opened());
      await migrateOps(opened());
      const { rows } = await opened().pool.query<{ name: string }>('SELECT name FROM ops.migrations ORDER BY id');
      expect(rows.map(({ name }) => name)).toEqual(OPS_MIGRATIONS.map((migration) => new migration().name));
    });

    it('knows the generations of every earlier release as its own', async () => {
      await migrateOps(opened());
      const { pool } = opened();
      // As the first release left it: what later migrations added is taken back, the latest first.
      for (const migration of OPS_MIGRATIONS.slice(1).reverse()) {
        const { name, down } = new migration();
        await down({ query: (sql: string) => pool.query(sql) } as unknown as QueryRunner);
        await pool.query('DELETE FROM ops.migrations WHERE name = $1', [name]);
      }
      await pool.query(`INSERT INTO ops.generations VALUES ('gen_1', $1, 1, 'FOLLOWED', now())`, [LOG_ID]);
      await pool.query(`INSERT INTO ops.pointer (generation) VALUES ('gen_1')`);
      await migrateOps(opened());
      const [known] = await new Generations(opened()).list();
      expect(known).toEqual({
        name: 'gen_1',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        logId: LOG_ID,
        foldVersion: 1,
        state: 'FOLLOWED',
        createdAtMs: expect.any(Number),
        pointedAtMs: known?.createdAtMs,
        pointedTo: true,
        previous: false,
        verifiedAtMs: null,
        until: null,
        asOfMs: null,
      });
    });

    it('keeps the id of a generation when its tables are dropped, and gives it another in a database begun anew', async () => {
      const idOfLive = async (generations: Generations): Promise<string | undefined> =>
        (await generations.find((await generations.ensureLive(live())).name))?.id;
      const generations = new Generations(opened());
      const first = await idOfLive(generations);
      await dropTables(opened(), 'gen_1');
      expect(await idOfLive(generations)).toBe(first);
      await emptyDatabase(opened());
      expect(await idOfLive(new Generations(opened()))).not.toBe(first);
    });

    it('tells the log of the database from another', async () => {
      const generations = new Generations(opened());
      const { logId: own } = live();
      await expect(generations.requireLog(own)).resolves.toBeUndefined();
      await generations.ensureLive(live());
      await expect(generations.requireLog(own)).resolves.toBeUndefined();
      await expect(generations.requireLog(logId('00000000-0000-4000-8000-000000000099'))).rejects.toThrow(
        StoreMismatchError,
      );
    });

    it('points readers to nothing before the first generation', async () => {
      await expect(new Generations(opened()).pointedTo()).resolves.toBeUndefined();
    });

    it('creates the first generation, ready at once where the log is empty', async () => {
      const generation = await new Generations(opened()).ensureLive(live());
      expect(generation).toEqual({ name: 'gen_1', foldVersion: CURRENT_FOLD_VERSION });
      expect(await generationRow('gen_1')).toMatchObject({ ready: true });
      await expect(new Generations(opened()).pointedTo()).resolves.toMatchObject(generation);
    });

    it('makes a generation wait for the ends of a log that holds messages', async () => {
      await new Generations(opened()).ensureLive(live({ commands: [offset(0), offset(4)], events: [offset(0)] }));
      expect(await generationRow('gen_1')).toMatchObject({ ready: false, log_ends: { commands: [0, 4], events: [0] } });
    });

    it('leaves a generation that is intact as it is, and does not ask the log', async () => {
      const generations = new Generations(opened());
      await generations.ensureLive(live());
      const before = await generationRow('gen_1');
      const logEnds = jest.fn(() => Promise.reject(new Error('asked')));
      await generations.ensureLive({ ...live(), logEnds });
      await new Generations(opened()).ensureLive({ ...live(), logEnds });
      expect(logEnds).not.toHaveBeenCalled();
      expect(await generationRow('gen_1')).toEqual(before);
    });

    it('creates one generation when two projectors start at once', async () => {
      const two = await Promise.all([
        new Generations(opened()).ensureLive(live()),
        new Generations(opened()).ensureLive(live()),
      ]);
      expect(two.map(({ name }) => name)).toEqual(['gen_1', 'gen_1']);
      const { rows } = await opened().pool.query('SELECT name FROM ops.generations');
      expect(rows).toEqual([{ name: 'gen_1' }]);
    });

    it.each([
      ['its schema', 'DROP SCHEMA gen_1 CASCADE'],
      ['one of its tables', 'DROP TABLE gen_1.sessions'],
    ])('begins a generation anew after %s was dropped, as another incarnation that is not ready', async (_, drop) => {
      const generations = new Generations(opened());
      await generations.ensureLive(live());
      const before = await generationRow('gen_1');
      await opened().pool.query(drop);
      await expect(generations.ensureLive(live({ commands: [offset(1)], events: [] }))).resolves.toMatchObject({
        name: 'gen_1',
      });
      const after = await generationRow('gen_1');
      expect(after).toMatchObject({ ready: false });
      expect(after?.incarnation).not.toBe(before?.incarnation);
    });

    it('migrates again after the ops schema was dropped under a running process, under a name never used', async () => {
      const generations = new Generations(opened());
      await generations.ensureLive(live());
      await opened().pool.query('DROP SCHEMA ops CASCADE');
      await expect(generations.ensureLive(live())).resolves.toMatchObject({ name: 'gen_2' });
    });

    it('refuses the database of another log and says what to do', async () => {
      await new Generations(opened()).ensureLive(live());
      const other = { ...live(), logId: logId('0198c0de-0000-7000-8000-00000000bbbb') };
      const refused = new Generations(opened()).ensureLive(other);
      await expect(refused).rejects.toThrow(StoreMismatchError);
      await expect(refused).rejects.toThrow(/connect to the database of this log, or, .* drop its schemas/);
    });

    it('refuses a generation of a fold that this release does not carry', async () => {
      await new Generations(opened()).ensureLive(live());
      await opened().pool.query('UPDATE ops.generations SET fold_version = 99');
      await expect(new Generations(opened()).ensureLive(live())).rejects.toThrow(StoreMismatchError);
    });

    it('creates nothing when the log cannot say where it ends', async () => {
      const generations = new Generations(opened());
      await expect(
        generations.ensureLive({ ...live(), logEnds: () => Promise.reject(new Error('away')) }),
      ).rejects.toThrow('away');
      await expect(generations.pointedTo()).resolves.toBeUndefined();
    });

    it('drops the tables of a generation and keeps the pointer', async () => {
      const generations = new Generations(opened());
      await generations.ensureLive(live());
      await dropTables(opened(), 'gen_1');
      await expect(generationRow('gen_1')).rejects.toMatchObject({ code: '42P01' });
      await expect(generations.pointedTo()).resolves.toMatchObject({ name: 'gen_1' });
    });
  });
}
