import { offset, type FoldedTopic } from '@logbook/contracts';
import type { StartPosition } from '@logbook/core';
import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';

interface CheckpointRecord {
  readonly next_offset: number;
  readonly last_offset: number | null;
  readonly last_sha256: Buffer | null;
}

/** Where a partition goes on; creates its checkpoint at 0 where there is none. */
export async function readStartPosition(
  pool: Pool,
  generation: string,
  { topic, partition }: { readonly topic: FoldedTopic; readonly partition: number },
): Promise<StartPosition> {
  const table = tableIn(generation, 'checkpoints');
  await pool.query(`INSERT INTO ${table} (topic, partition, next_offset) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING`, [
    topic,
    partition,
  ]);
  const { rows } = await pool.query<CheckpointRecord>(
    `SELECT next_offset, last_offset, last_sha256 FROM ${table} WHERE topic = $1 AND partition = $2`,
    [topic, partition],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`the checkpoint of ${topic} ${partition} was removed from ${generation}`);
  const next = offset(row.next_offset);
  if (row.last_offset === null || row.last_sha256 === null) return { next };
  return { next, last: { offset: offset(row.last_offset), sha256: row.last_sha256 } };
}
