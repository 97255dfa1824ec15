import { classify } from '@logbook/core';
import type { Pool } from 'pg';
import { generationName } from '../sql/identifiers.js';
import type { Generation } from './generation.js';

/** A generation that readers are pointed to, and the log it belongs to. */
export interface PointedGeneration extends Generation {
  readonly logId: string;
}

/** The generation readers use; `undefined` if there is none yet. */
export async function readPointer(pool: Pool): Promise<PointedGeneration | undefined> {
  try {
    const { rows } = await pool.query<{ name: string; fold_version: number; log_id: string }>(
      `SELECT g.name, g.fold_version, g.log_id
         FROM ops.pointer p JOIN ops.generations g ON g.name = p.generation`,
    );
    const row = rows[0];
    if (row === undefined) return undefined;
    return { name: generationName(row.name), foldVersion: row.fold_version, logId: row.log_id };
  } catch (error) {
    if (classify(error) === 'MISSING') return undefined;
    throw error;
  }
}
