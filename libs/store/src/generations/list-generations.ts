import type { Pool } from 'pg';
import { generationName } from '../sql/identifiers.js';
import type { GenerationState, KnownGeneration, LogEnds } from './generation.js';

interface GenerationRecord {
  readonly name: string;
  readonly id: string;
  readonly log_id: string;
  readonly fold_version: number;
  readonly state: GenerationState;
  readonly created_at: Date;
  readonly pointed_at: Date | null;
  readonly verified_at: Date | null;
  readonly as_of: Date | null;
  readonly until: LogEnds | null;
  readonly pointed_to: boolean;
  readonly previous: boolean;
}

/** Every generation there ever was, the oldest first. */
export async function listGenerations(pool: Pool): Promise<KnownGeneration[]> {
  const { rows } = await pool.query<GenerationRecord>(
    `SELECT g.name, g.id, g.log_id, g.fold_version, g.state, g.created_at, g.pointed_at, g.verified_at, g.as_of, g.until,
            p.generation IS NOT NULL AND p.generation = g.name AS pointed_to,
            p.previous IS NOT NULL AND p.previous = g.name AS previous
       FROM ops.generations g LEFT JOIN ops.pointer p ON true
      ORDER BY substr(g.name, 5)::integer`,
  );
  return rows.map((row) => ({
    name: generationName(row.name),
    id: row.id,
    logId: row.log_id,
    foldVersion: row.fold_version,
    state: row.state,
    createdAtMs: row.created_at.getTime(),
    pointedTo: row.pointed_to,
    previous: row.previous,
    pointedAtMs: row.pointed_at?.getTime() ?? null,
    verifiedAtMs: row.verified_at?.getTime() ?? null,
    until: row.until,
    asOfMs: row.as_of?.getTime() ?? null,
  }));
}
