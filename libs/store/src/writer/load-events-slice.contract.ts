import { emptyDatabase, live, type OpenedStore } from '../contract-fixtures.contract.js';
import { Generations } from '../generations/generations.js';
import { arrayLiteral } from '../sql/column-arrays.js';
import { knownEventsSql } from './load-events-slice.js';

export function describeEventsSlice(opened: OpenedStore): void {
  describe('looking up which events are there', () => {
    it('descends an index for each, also in a table that grew since anybody counted its rows', async () => {
      await emptyDatabase(opened());
      await new Generations(opened()).ensureLive(live());
      await opened().pool.query('ALTER TABLE gen_1.events SET (autovacuum_enabled = false)');
      await opened().pool.query(
        `INSERT INTO gen_1.events (tenant, event_id, fingerprint_id, agent_name, agent_version_name, recorded_at, bytes,
                                   log_partition, log_offset)
         SELECT 'acme', gen_random_uuid(), gen_random_uuid(), 'a', 'v', now(), 1, 0, n FROM generate_series(1, 5000) AS n`,
      );
      const { rows } = await opened().pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${knownEventsSql('gen_1')}`, [
        arrayLiteral('text', new Array(1_000).fill('acme')),
        arrayLiteral('uuid', new Array(1_000).fill('0198c0de-0000-7000-8000-000000000001')),
      ]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('events_pkey');
      expect(plan).not.toContain('Seq Scan');
    });
  });
}
