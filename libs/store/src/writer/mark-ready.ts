import type { Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';

/**
 * Marks a generation ready if every partition has passed the log's ends that were taken when it was created.
 * A statement of its own, after a batch's commit: of two partitions that pass their ends at the same time the
 * later one sees both, and no batch waits for another's lock on the one row. Whoever crashed in between is
 * made up for by the next batch, or by the next owner when it asks where to start.
 */
export async function markReadyIfPassed(pool: Pool, generation: string): Promise<void> {
  await pool.query(
    `UPDATE ${tableIn(generation, 'generation')} AS g
        SET ready = true
      WHERE NOT g.ready
        AND NOT EXISTS (
          SELECT
            FROM jsonb_each(g.log_ends) AS topics (topic, ends)
           CROSS JOIN LATERAL jsonb_array_elements_text(topics.ends) WITH ORDINALITY AS partitions (log_end, ordinal)
            LEFT JOIN ${tableIn(generation, 'checkpoints')} c
                   ON c.topic = topics.topic AND c.partition = partitions.ordinal - 1
           WHERE coalesce(c.next_offset, 0) < partitions.log_end::bigint)`,
  );
}
