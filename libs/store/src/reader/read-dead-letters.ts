import type { Position } from '@logbook/contracts';
import { deadLettersTable, type DeadLetterRow, type DeadLetterStep } from '@logbook/projections';
import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';
import { rowOf } from '../sql/row-of.js';

/** Which dead letters: those sent last, the one at a position, or all of one step, page by page in the order of positions. */
export type DeadLetterSelection =
  | { readonly kind: 'NEWEST'; readonly limit: number }
  | { readonly kind: 'AT'; readonly position: Position }
  | {
      readonly kind: 'OF_STEP';
      readonly step: DeadLetterStep;
      readonly after: Pick<DeadLetterRow, 'topic' | 'partition' | 'offset'> | null;
      readonly limit: number;
    };

export interface DeadLetters {
  readonly ready: boolean;
  readonly letters: readonly DeadLetterRow[];
}

/** Dead letters of a generation, in one snapshot with its readiness; `undefined` if it says nothing of itself. */
export async function readDeadLetters(
  pool: Pool,
  generation: string,
  selection: DeadLetterSelection,
): Promise<DeadLetters | undefined> {
  const { narrowing, values } = narrowingOf(selection);
  const { rows } = await pool.query<Record<string, unknown>>(
    `SELECT g.ready, d.*
       FROM ${tableIn(generation, 'generation')} g
       LEFT JOIN LATERAL (SELECT * FROM ${tableIn(generation, 'dead_letters')} ${narrowing}) d ON true`,
    values,
  );
  if (rows[0] === undefined) return undefined;
  const found = rows.filter((row) => row['topic'] !== null);
  return { ready: rows[0]['ready'] === true, letters: found.map((row) => rowOf(deadLettersTable, row)) };
}

function narrowingOf(selection: DeadLetterSelection): { readonly narrowing: string; readonly values: unknown[] } {
  switch (selection.kind) {
    case 'NEWEST':
      return {
        narrowing: 'ORDER BY recorded_at DESC NULLS LAST, topic, partition, "offset" DESC LIMIT $1',
        values: [selection.limit],
      };
    case 'AT': {
      const { topic, partition, offset } = selection.position;
      return {
        narrowing: 'WHERE topic = $1 AND partition = $2 AND "offset" = $3',
        values: [topic, partition, offset],
      };
    }
    case 'OF_STEP': {
      const { topic, partition, offset } = selection.after ?? { topic: '', partition: 0, offset: 0 };
      return {
        narrowing:
          'WHERE step = $1 AND (topic, partition, "offset") > ($2, $3, $4) ORDER BY topic, partition, "offset" LIMIT $5',
        values: [selection.step, topic, partition, offset, selection.limit],
      };
    }
  }
}
