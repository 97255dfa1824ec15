import { messageSha256, type FoldedTopic } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import type { PoolClient } from 'pg';
import { tableIn } from '../sql/identifiers.js';

/**
 * `MOVED`: the checkpoint was where the batch begins and is now where it ends; its row is locked until the
 * transaction ends, so nobody else can write this partition's rows. `STALE`: it was elsewhere.
 */
export type Fence = { readonly outcome: 'MOVED'; readonly ready: boolean } | { readonly outcome: 'STALE' };

export interface FenceOptions {
  /** The commit need not wait for the disk while the generation is not ready. The embedded server takes no settings. */
  readonly lazily: boolean;
}

/**
 * The first statement of every batch: moves the checkpoint if it is where this batch was fetched from.
 *
 * A generation that is not ready commits without waiting for the disk (`synchronous_commit`, for this transaction only).
 * A crash of the server may then lose the last commits, each whole: rows and the checkpoint that counts them go together,
 * so the batches are folded again (whoever still holds the later position is `STALE`). Nobody has relied on them: such a
 * generation answers no reads and tells no dead letters, and what makes it ready waits for the disk, and so for every
 * commit before it in the write-ahead log.
 */
export async function fenceCheckpoint(
  client: PoolClient,
  generation: string,
  topic: FoldedTopic,
  batch: Batch,
  { lazily }: FenceOptions,
): Promise<Fence> {
  const last = batch.messages.at(-1);
  if (last === undefined) throw new Error('a batch holds at least one message');
  const { rows } = await client.query<{ ready: boolean | null }>(
    `UPDATE ${tableIn(generation, 'checkpoints')}
        SET next_offset = $4, last_offset = $5, last_sha256 = $6
      WHERE topic = $1 AND partition = $2 AND next_offset = $3
      RETURNING (SELECT ${READY[lazily ? 'lazily' : 'durably']} FROM ${tableIn(generation, 'generation')}) AS ready`,
    [topic, batch.partition, batch.from, batch.next, last.offset, messageSha256(last)],
  );
  const row = rows[0];
  return row === undefined ? { outcome: 'STALE' } : { outcome: 'MOVED', ready: row.ready === true };
}

/** `set_config` sits in a branch, so that it is called for a generation that is not ready and for no other. */
const READY = {
  durably: 'bool_or(ready)',
  lazily: `CASE WHEN bool_or(ready) THEN true
                ELSE set_config('synchronous_commit', 'off', true) IS NULL END`,
} as const;
