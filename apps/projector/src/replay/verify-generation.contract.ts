import { appendHistory, catchUp, liveGeneration, type Opened } from './opened.contract.js';
import { verifyGeneration, type Verification } from './verify-generation.js';

const EVENTS = 200;

/** What somebody does to the live generation with a SQL prompt, and what is found of it. */
interface Tampering {
  readonly what: string;
  readonly sql: string;
  readonly found: (verification: Verification) => unknown;
  readonly expected: unknown;
}

const rowsOf = (table: string) => (verification: Verification) => {
  const comparison = verification.tables.find((each) => each.table === table);
  return { ...comparison?.differences, samples: comparison?.samples.map(({ difference }) => difference) };
};

const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'a changed value',
    sql: `UPDATE gen_1.sessions SET output_tokens = output_tokens + 1 WHERE session = 'session-3'`,
    found: rowsOf('sessions'),
    expected: { changed: 1, missing: 0, extra: 0, samples: ['changed'] },
  },
  {
    what: 'a null in place of a value',
    sql: `UPDATE gen_1.events SET person_id = NULL WHERE event_id = '0198c0de-0000-7000-8000-000000000042'`,
    found: rowsOf('events'),
    expected: { changed: 1, missing: 0, extra: 0, samples: ['changed'] },
  },
  {
    what: 'a missing row',
    sql: `DELETE FROM gen_1.people WHERE person_id = 'person-4'`,
    found: rowsOf('people'),
    expected: { changed: 0, missing: 1, extra: 0, samples: ['missing'] },
  },
  {
    what: 'an extra row',
    sql: `INSERT INTO gen_1.agents SELECT gen_random_uuid(), tenant, 'made-up', 99, NULL, created_at, NULL
            FROM gen_1.agents LIMIT 1`,
    found: rowsOf('agents'),
    expected: { changed: 0, missing: 0, extra: 1, samples: ['extra'] },
  },
];

export function describeVerification(openedNow: () => Opened): void {
  describe('verifying a generation', () => {
    const verify = async () => verifyGeneration(await liveGeneration(openedNow().store), openedNow());

    beforeAll(async () => {
      await appendHistory(openedNow().log, { from: 0, to: EVENTS });
      await catchUp(openedNow(), await liveGeneration(openedNow().store));
    }, 60_000);

    it('finds one that nobody touched the same, row by row, and gives its content digest', async () => {
      const verification = await verify();
      expect(verification).toMatchObject({ generation: 'gen_1', same: true, checkpoints: [], messages: EVENTS * 3 });
      const counts = verification.tables.map(({ table, rows, replayedRows }) => [table, rows, replayedRows]);
      expect(counts).toEqual(
        expect.arrayContaining([
          ['events', EVENTS, EVENTS],
          ['sessions', 13, 13],
        ]),
      );
      expect((await verify()).contentDigest).toBe(verification.contentDigest);
    });

    it('leaves no scratch tables, also none that a killed verification left', async () => {
      const { store, logId } = openedNow();
      await store.pool.query('CREATE SCHEMA gen_77');
      await store.pool.query(
        `INSERT INTO ops.generations (name, log_id, fold_version, state, created_at) VALUES ('gen_77', $1, 1, 'SCRATCH', now())`,
        [logId],
      );
      await verify();
      const { rows } = await store.pool.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE 'gen\\_%'`);
      expect(rows).toEqual([{ nspname: 'gen_1' }]);
    });

    it.each(TAMPERINGS)('finds $what, and names the row', async ({ sql, found, expected }) => {
      const { store } = openedNow();
      const table = /gen_1\.(\w+)/.exec(sql)?.[1] ?? '';
      await store.pool.query(`CREATE TABLE public.kept AS SELECT * FROM gen_1.${table}`);
      await store.pool.query(sql);
      const verification = await verify();
      await store.pool.query(`DELETE FROM gen_1.${table}`);
      await store.pool.query(`INSERT INTO gen_1.${table} SELECT * FROM public.kept`);
      await store.pool.query('DROP TABLE public.kept');
      expect(verification.same).toBe(false);
      expect(found(verification)).toEqual(expected);
      expect((await verify()).same).toBe(true);
    });

    it.each([
      ['one too high', 'next_offset + 1', 'last'],
      ['one too low', 'next_offset - 1', 'last'],
      ['past the end of the log', 'next_offset + 1000', 'the log ends at'],
    ])('finds a checkpoint that is %s', async (_, moved, problem) => {
      const { store, log } = openedNow();
      // Something must lie behind it for the checkpoint to be too high by one and still within the log.
      await appendHistory(log, { from: EVENTS, to: EVENTS + 20 });
      const partition = log.partitionOf('events', 'acme/session-3');
      const place = `topic = 'events' AND partition = ${partition}`;
      await store.pool.query(`UPDATE gen_1.checkpoints SET next_offset = ${moved} WHERE ${place}`);
      const verification = await verify();
      await store.pool.query(`UPDATE gen_1.checkpoints SET next_offset = last_offset + 1 WHERE ${place}`);
      expect(verification.same).toBe(false);
      expect(verification.checkpoints).toEqual([
        { topic: 'events', partition, problem: expect.stringContaining(problem) },
      ]);
      expect((await verify()).same).toBe(true);
    });
  });
}
