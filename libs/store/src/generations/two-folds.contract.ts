import { commonTables, CURRENT_FOLD_VERSION, FOLDS, tablesOf } from '@logbook/projections';
import {
  acme,
  batch,
  emptyDatabase,
  event,
  live,
  LOG_ID,
  NOTHING,
  type OpenedStore,
} from '../contract-fixtures.contract.js';
import { readDigests } from '../digest/read-digests.js';
import { ProjectionReader } from '../reader/projection-reader.js';
import { inTransaction } from '../sql/transaction.js';
import { BatchWriter } from '../writer/batch-writer.js';
import { createGeneration } from './create-generation.js';
import { foldOf, type Generation } from './generation.js';
import { Generations } from './generations.js';

const FORMER: Generation = { name: 'gen_1', foldVersion: CURRENT_FOLD_VERSION - 1 };
const CURRENT: Generation = { name: 'gen_2', foldVersion: CURRENT_FOLD_VERSION };

const naming = (model: string) => ({
  summary: { extractor: 1, api: null, model, inputTokens: 1, outputTokens: 1 },
});

export function describeTwoFolds(opened: OpenedStore): void {
  describe('a generation of the fold before, and one of the current fold beside it', () => {
    beforeEach(async () => {
      await emptyDatabase(opened());
      await new Generations(opened()).ensureLive({ ...live(), foldVersion: FORMER.foldVersion });
      await inTransaction(opened().pool, (client) =>
        createGeneration(client, { generation: CURRENT, logId: LOG_ID, logEnds: NOTHING }),
      );
      const writer = new BatchWriter(opened());
      for (const generation of [FORMER, CURRENT]) {
        await writer.startPosition(generation, { topic: 'events', partition: 0 });
        await writer.apply(generation, batch('events', 0, [event(1, naming('m')), event(2, naming('n'))]));
        await writer.apply(generation, batch('events', 2, [event(3, { summary: null }), event(4, { session: 't' })]));
      }
    });

    const pointTo = async ({ name, foldVersion }: Generation) => {
      const { pool } = opened();
      await pool.query(
        `INSERT INTO ops.generations (name, log_id, fold_version, state, created_at)
         VALUES ($1, $2, $3, 'FOLLOWED', now()) ON CONFLICT DO NOTHING`,
        [name, LOG_ID, foldVersion],
      );
      await pool.query('UPDATE ops.pointer SET generation = $1', [name]);
    };
    const columnsOf = async (name: string) => {
      const { rows } = await opened().pool.query<{ name: string }>(
        `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = 'sessions'`,
        [name],
      );
      return rows.map((row) => row.name);
    };

    it('are each written by the fold that made them', async () => {
      expect(await columnsOf(FORMER.name)).not.toContain('last_model');
      expect(await columnsOf(CURRENT.name)).toContain('last_model');
      const { rows } = await opened().pool.query('SELECT session, last_model FROM gen_2.sessions ORDER BY session');
      expect(rows).toEqual([
        { session: 's', last_model: 'n' },
        { session: 't', last_model: 'm' },
      ]);
    });

    it('keep the first as the live one, under its own fold', async () => {
      await expect(new Generations(opened()).ensureLive(live())).resolves.toEqual(FORMER);
    });

    it('are read in the shape of the current fold: what the first lacks is null', async () => {
      const reader = new ProjectionReader(opened());
      const former = await reader.session(acme, 's');
      expect(former).toMatchObject({
        state: 'READY',
        generation: FORMER.name,
        value: { eventCount: 3, lastModel: null },
      });
      await expect(reader.sessions(acme, 10)).resolves.toMatchObject({
        value: [{ lastModel: null }, { lastModel: null }],
      });

      await pointTo(CURRENT);
      const current = await reader.session(acme, 's');
      expect(current).toEqual({
        state: 'READY',
        generation: CURRENT.name,
        value: { ...(former.state === 'READY' && former.value), lastModel: 'n' },
      });
    });

    it('have the same digests of what both hold', async () => {
      const tables = commonTables(tablesOf(foldOf(FORMER)), tablesOf(foldOf(CURRENT)), 'position');
      const digestsOf = (generation: Generation) =>
        readDigests(opened().pool, generation.name, foldOf(generation), { kind: 'position', tables });
      expect(await digestsOf(FORMER)).toEqual(await digestsOf(CURRENT));
      expect((await digestsOf(FORMER)).get('sessions')?.rows).toBe(2);
    });

    it('are the only ones this release carries', () => {
      expect([...FOLDS.keys()]).toEqual([FORMER.foldVersion, CURRENT.foldVersion]);
    });
  });
}
