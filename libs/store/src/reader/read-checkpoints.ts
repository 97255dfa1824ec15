import { FOLDED_TOPICS, offset, type FoldedTopic, type Offset } from '@logbook/contracts';
import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';

/** Per topic and partition the next offset; a partition nobody has begun is absent. */
export type NextOffsets = Readonly<Record<FoldedTopic, ReadonlyMap<number, Offset>>>;

export interface Checkpoints {
  readonly ready: boolean;
  readonly next: NextOffsets;
}

/** One of the checkpoints beside what its generation says of itself; nulls where there is none. */
export interface CheckpointLine {
  readonly ready: boolean | null;
  readonly topic: string | null;
  readonly partition: number;
  readonly next_offset: number;
}

/** How far a generation has come, in one snapshot with its readiness; `undefined` if it says nothing of itself. */
export async function readCheckpoints(pool: Pool, generation: string): Promise<Checkpoints | undefined> {
  const { rows } = await pool.query<CheckpointLine>(
    `SELECT g.ready, c.topic, c.partition, c.next_offset
       FROM ${tableIn(generation, 'generation')} g LEFT JOIN ${tableIn(generation, 'checkpoints')} c ON true`,
  );
  const first = rows[0];
  return first === undefined ? undefined : { ready: first.ready === true, next: nextOffsetsOf(rows) };
}

export function nextOffsetsOf(lines: readonly CheckpointLine[]): NextOffsets {
  const next: Record<FoldedTopic, Map<number, Offset>> = { commands: new Map(), events: new Map() };
  for (const line of lines) {
    const topic = FOLDED_TOPICS.find((folded) => folded === line.topic);
    if (topic !== undefined) next[topic].set(line.partition, offset(line.next_offset));
  }
  return next;
}
