import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';
import { nextOffsetsOf, type CheckpointLine, type NextOffsets } from './read-checkpoints.js';

export interface PointedCheckpoints {
  /** What the pointer names; where that is another generation, the rest says nothing of what readers see. */
  readonly pointedTo: string | undefined;
  /** The log that it belongs to. */
  readonly logId: string | undefined;
  readonly ready: boolean;
  readonly next: NextOffsets;
}

/**
 * How far the generation has come that readers are supposed to be pointed to, in one snapshot with the pointer. A swap
 * guarantees that the new generation is level with the old one as of the swap, and what the old one folds after it may be
 * missing in the new: so its checkpoints count only while the pointer names it.
 */
export async function readPointedCheckpoints(pool: Pool, generation: string): Promise<PointedCheckpoints> {
  const { rows } = await pool.query<CheckpointLine & { named: string | null; log_id: string | null }>(
    `SELECT named.name AS named, named.log_id, g.ready, c.topic, c.partition, c.next_offset
       FROM (SELECT 1) one
       LEFT JOIN (SELECT g.name, g.log_id
                    FROM ops.pointer p JOIN ops.generations g ON g.name = p.generation) named ON true
       LEFT JOIN ${tableIn(generation, 'generation')} g ON true
       LEFT JOIN ${tableIn(generation, 'checkpoints')} c ON true`,
  );
  const [first] = rows;
  return {
    pointedTo: first?.named ?? undefined,
    logId: first?.log_id ?? undefined,
    ready: first?.ready === true,
    next: nextOffsetsOf(rows),
  };
}
