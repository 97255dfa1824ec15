import { classify } from '@logbook/core';
import { tablesOf } from '@logbook/projections';
import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';
import { foldOf, type Generation } from './generation.js';

/** Whether every table of the generation is there and says of itself what `ops` says. */
export async function generationIntact(
  pool: Pool,
  generation: Generation & { readonly logId: string },
): Promise<boolean> {
  const names = tablesOf(foldOf(generation)).map(({ name }) => tableIn(generation.name, name));
  try {
    const { rows } = await pool.query<{ intact: boolean }>(
      `SELECT bool_and(to_regclass(t.name) IS NOT NULL)
              AND EXISTS (SELECT FROM ${tableIn(generation.name, 'generation')} WHERE log_id = $2 AND fold_version = $3)
              AS intact
         FROM unnest($1::text[]) AS t (name)`,
      [names, generation.logId, generation.foldVersion],
    );
    return rows[0]?.intact === true;
  } catch (error) {
    if (classify(error) === 'MISSING') return false;
    throw error;
  }
}
