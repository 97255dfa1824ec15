import { storeOperation } from '@logbook/core';
import { FOLDED_TOPICS, offset, type FoldedTopic, type Offset } from '@logbook/contracts';
import type { PoolClient } from 'pg';
import type { Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { tableIn, type GenerationName } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { recordRowHashes } from './record-row-hashes.js';

/** A checkpoint as its row says it. */
export interface Checkpoint {
  readonly topic: FoldedTopic;
  readonly partition: number;
  readonly next: Offset;
  readonly lastOffset: number | null;
  readonly lastSha256: string | null;
}

/**
 * The checkpoints of a generation and, as of the same instant, a record of its rows in the scratch generation. On the
 * embedded store everybody else waits meanwhile, since its one session has one transaction at a time.
 */
export function snapshot(store: Store, generation: Generation, scratch: GenerationName): Promise<Checkpoint[]> {
  return storeOperation(() =>
    inTransaction(
      store.pool,
      async (client) => {
        const checkpoints = await readCheckpointRows(client, generation.name);
        await recordRowHashes(client, generation, scratch);
        return checkpoints;
      },
      { isolation: 'REPEATABLE READ' },
    ),
  );
}

/** Every checkpoint of a generation, by topic and partition. */
export async function readCheckpointRows(
  client: Pick<PoolClient, 'query'>,
  generation: GenerationName,
): Promise<Checkpoint[]> {
  const { rows } = await client.query<{
    topic: string;
    partition: number;
    next_offset: number;
    last_offset: number | null;
    last_sha256: Buffer | null;
  }>(
    `SELECT topic, partition, next_offset, last_offset, last_sha256
       FROM ${tableIn(generation, 'checkpoints')} ORDER BY topic, partition`,
  );
  return rows.flatMap((row) => {
    const topic = FOLDED_TOPICS.find((folded) => folded === row.topic);
    if (topic === undefined) return [];
    const { partition, next_offset: next, last_offset: lastOffset, last_sha256: lastSha256 } = row;
    return [{ topic, partition, next: offset(next), lastOffset, lastSha256: lastSha256?.toString('hex') ?? null }];
  });
}
