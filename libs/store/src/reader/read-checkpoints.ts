import { FOLDED_TOPICS, offset, type FoldedTopic, type Offset } from '@logbook/contracts';
import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';

/** Per topic and partition the next offset; a partition nobody has begun is absent. */
export type NextOffsets = Readonly<Record<FoldedTopic, ReadonlyMap<number, Offset>>>;

export interface Checkpoints {
  readonly ready: boolean;
  readonly next: NextOffsets;
}

/** How far a generation has come, in one snapshot with its readiness; `undefined` if it says nothing of itself. */
export async function readCheckpoints(pool: Pool, generation: string): Promise<Checkpoints | undefined> {
  const { rows } = await pool.query<{ ready: boolean; topic: string | null; partition: number; next_offset: number }>(
    `SELECT g.ready, c.topic, c.partition, c.next_offset
       FROM ${tableIn(generation, 'generation')} g LEFT JOIN ${tableIn(generation, 'checkpoints')} c ON true`,
  );
  const first = rows[0];
  if (first === undefined) return undefined;
  const next: Record<FoldedTopic, Map<number, Offset>> = { commands: new Map(), events: new Map() };
  for (const row of rows) {
    const topic = FOLDED_TOPICS.find((folded) => folded === row.topic);
    if (topic !== undefined) next[topic].set(row.partition, offset(row.next_offset));
  }
  return { ready: first.ready, next };
}
