import type { Pool } from 'pg';
import type { Generation } from './generation.js';

/** The id under which `ops` knows a generation; it outlives the generation's tables. */
export async function readGenerationId(pool: Pool, { name }: Generation): Promise<string> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM ops.generations WHERE name = $1', [name]);
  if (rows[0] === undefined) throw new Error(`ops knows no generation ${name}`);
  return rows[0].id;
}
