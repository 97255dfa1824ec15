import { messageSha256, type FoldedTopic } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import type { PoolClient } from 'pg';
import { tableIn } from '../sql/identifiers.js';

/**
 * `MOVED`: the checkpoint was where the batch begins and is now where it ends; its row is locked until the
 * transaction ends, so nobody else can write this partition's rows. `STALE`: it was elsewhere.
 */
export type Fence = { readonly outcome: 'MOVED'; readonly ready: boolean } | { readonly outcome: 'STALE' };

/** The first statement of every batch: moves the checkpoint if it is where this batch was fetched from. */
export async function fenceCheckpoint(
  client: PoolClient,
  generation: string,
  topic: FoldedTopic,
  batch: Batch,
): Promise<Fence> {
  const last = batch.messages.at(-1);
  if (last === undefined) throw new Error('a batch holds at least one message');
  const { rows } = await client.query<{ ready: boolean | null }>(
    `UPDATE ${tableIn(generation, 'checkpoints')}
        SET next_offset = $4, last_offset = $5, last_sha256 = $6
      WHERE topic = $1 AND partition = $2 AND next_offset = $3
      RETURNING (SELECT bool_or(ready) FROM ${tableIn(generation, 'generation')}) AS ready`,
    [topic, batch.partition, batch.from, batch.next, last.offset, messageSha256(last)],
  );
  const row = rows[0];
  return row === undefined ? { outcome: 'STALE' } : { outcome: 'MOVED', ready: row.ready === true };
}
