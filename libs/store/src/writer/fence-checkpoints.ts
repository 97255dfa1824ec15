import { messageSha256, type FoldedTopic } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import type { PoolClient } from 'pg';
import { tableIn } from '../sql/identifiers.js';
import { notifyMovedSql } from './checkpoint-moved.js';

/**
 * The partitions whose checkpoint was where their batch begins: it is now where that ends, and its row is locked until the
 * transaction ends, so nobody else can write these partitions' rows. Of the others nothing was changed.
 */
export interface Fence {
  readonly partitions: ReadonlySet<number>;
  /** Whether the generation answers reads; false where no partition is fenced. */
  readonly ready: boolean;
}

export interface FenceOptions {
  readonly topic: FoldedTopic;
  /** At most one of each partition. */
  readonly batches: readonly Batch[];
  /** The commit need not wait for the disk while the generation is not ready. The embedded server takes no settings. */
  readonly lazily: boolean;
  /** Leaves out the partitions whose checkpoint another transaction holds; without it they are waited for. */
  readonly skippingHeld: boolean;
  /** Listeners are told where the checkpoints are when, and only if, the transaction commits. */
  readonly notifying: boolean;
}

/**
 * The first statement of every transaction of batches: moves the checkpoints that are where the batches were fetched from, locked
 * in the order of their partitions, as a swap of the pointer locks them.
 *
 * A generation that is not ready commits without waiting for the disk (`synchronous_commit`, for this transaction only).
 * A crash of the server may then lose the last commits, each whole: rows and the checkpoint that counts them go together,
 * so the batches are folded again (whoever still holds the later position is `STALE`). Nobody has relied on them: such a
 * generation answers no reads and tells no dead letters, and what makes it ready waits for the disk, and so for every
 * commit before it in the write-ahead log.
 */
export async function fenceCheckpoints(
  client: PoolClient,
  generation: string,
  { topic, batches, lazily, skippingHeld, notifying }: FenceOptions,
): Promise<Fence> {
  const lasts = batches.map(lastMessage);
  const { rows } = await client.query<{ partition: number; ready: boolean | null }>(
    `UPDATE ${tableIn(generation, 'checkpoints')} AS c
        SET next_offset = fenced.next, last_offset = fenced.last, last_sha256 = fenced.sha256
       FROM (SELECT held.partition, moved.next, moved.last, moved.sha256
               FROM ${tableIn(generation, 'checkpoints')} AS held
               JOIN unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
                    AS moved (partition, "from", next, last, sha256)
                 ON held.partition = moved.partition AND held.next_offset = moved."from"
              WHERE held.topic = $1
              ORDER BY held.partition
                FOR UPDATE OF held ${skippingHeld ? 'SKIP LOCKED' : ''}) AS fenced
      WHERE c.topic = $1 AND c.partition = fenced.partition
      RETURNING c.partition,
                (SELECT ${READY[lazily ? 'lazily' : 'durably']} FROM ${tableIn(generation, 'generation')}) AS ready
                ${notifying ? `, ${notifyMovedSql(generation, 'c')}` : ''}`,
    [
      topic,
      batches.map(({ partition }) => partition),
      batches.map(({ from }) => from),
      batches.map(({ next }) => next),
      lasts.map(({ offset }) => offset),
      lasts.map(messageSha256),
    ],
  );
  return { partitions: new Set(rows.map(({ partition }) => partition)), ready: rows[0]?.ready === true };
}

function lastMessage({ messages }: Batch) {
  const last = messages.at(-1);
  if (last === undefined) throw new Error('a batch holds at least one message');
  return last;
}

/** `set_config` sits in a branch, so that it is called for a generation that is not ready and for no other. */
const READY = {
  durably: 'bool_or(ready)',
  lazily: `CASE WHEN bool_or(ready) THEN true
                ELSE set_config('synchronous_commit', 'off', true) IS NULL END`,
} as const;
