import type { PoolClient } from 'pg';
import type { FoldedTopic } from '@logbook/contracts';
import { tableIn, type GenerationName } from '../sql/identifiers.js';

/** A partition on which one generation has not come as far as another. */
export interface PartitionBehind {
  readonly topic: FoldedTopic;
  readonly partition: number;
  readonly next: number;
  readonly nextOfOther: number;
}

/** The partitions on which `generation` is behind `other`. */
export async function partitionsBehind(
  client: PoolClient,
  generation: GenerationName,
  other: GenerationName,
): Promise<PartitionBehind[]> {
  const { rows } = await client.query<{ topic: FoldedTopic; partition: number; next: number; next_of_other: number }>(
    `SELECT topic, partition, coalesce(mine.next_offset, 0) AS next, theirs.next_offset AS next_of_other
       FROM ${tableIn(other, 'checkpoints')} theirs
       LEFT JOIN ${tableIn(generation, 'checkpoints')} mine USING (topic, partition)
      WHERE coalesce(mine.next_offset, 0) < theirs.next_offset
      ORDER BY topic, partition`,
  );
  return rows.map(({ topic, partition, next, next_of_other: nextOfOther }) => ({
    topic,
    partition,
    next,
    nextOfOther,
  }));
}
