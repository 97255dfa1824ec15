import { digestedTables, tablesOf } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { rowHashSql } from '../digest/row-hash-sql.js';
import { foldOf, type Generation } from '../generations/generation.js';
import { longStatement } from '../sql/long-statement.js';
import { quoted, tableIn, type GenerationName } from '../sql/identifiers.js';
import { keySql } from './row-keys.js';

/** Where the hashes of a table's rows are recorded in the scratch generation. */
export const recordedIn = (scratch: GenerationName, table: string): string => tableIn(scratch, `recorded_${table}`);

/**
 * Writes down, in the schema of a scratch generation, the key and hash of every row of `generation` as the transaction
 * sees it. A digest would say whether two generations differ; these say where, long after the rows have moved on.
 */
export async function recordRowHashes(
  client: PoolClient,
  generation: Generation,
  scratch: GenerationName,
): Promise<void> {
  const fold = foldOf(generation);
  const tables = new Map(tablesOf(fold).map((table) => [table.name, table]));
  for (const [name, columns] of digestedTables([...tables.values()], 'position')) {
    const table = tables.get(name);
    if (table === undefined) continue;
    await client.query(
      longStatement(
        `CREATE UNLOGGED TABLE ${recordedIn(scratch, name)} AS
         SELECT ${keySql(table, 'x')} AS key, ${rowHashSql(name, columns, 'x')} AS hash
           FROM ${tableIn(generation.name, name)} AS ${quoted('x')}`,
      ),
    );
  }
}
