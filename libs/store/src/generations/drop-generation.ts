import type { Pool } from 'pg';
import { quoted, type GenerationName } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';

export type DropOutcome = 'DROPPED' | 'POINTED_TO' | 'UNKNOWN_GENERATION';

/**
 * Drops a generation that readers are not pointed to. First `ops` says so, then the tables go: whoever still follows it
 * finds it dropped and does not make its tables again. Repeating it finishes what a crash left half done.
 */
export async function dropGeneration(pool: Pool, name: GenerationName): Promise<DropOutcome> {
  const marked = await inTransaction(pool, async (client): Promise<DropOutcome> => {
    // The pointer is locked, so that no swap to this generation comes between the question and the answer.
    const { rows } = await client.query<{ generation: string }>('SELECT generation FROM ops.pointer FOR UPDATE');
    if (rows[0]?.generation === name) return 'POINTED_TO';
    await client.query('UPDATE ops.pointer SET previous = NULL WHERE previous = $1', [name]);
    const { rowCount } = await client.query(`UPDATE ops.generations SET state = 'DROPPED' WHERE name = $1`, [name]);
    return rowCount === 0 ? 'UNKNOWN_GENERATION' : 'DROPPED';
  });
  if (marked === 'DROPPED') await pool.query(`DROP SCHEMA IF EXISTS ${quoted(name)} CASCADE`);
  return marked;
}
