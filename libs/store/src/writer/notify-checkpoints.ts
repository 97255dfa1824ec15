import type { FoldedTopic } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import type { PoolClient } from 'pg';

export const CHECKPOINT_CHANNEL = 'logbook_checkpoint';

/** A checkpoint that moved, as its notification says it. */
export interface CheckpointMoved {
  readonly generation: string;
  readonly topic: string;
  readonly partition: number;
  readonly next: number;
}

/** Tells listeners where the checkpoints are; delivered when, and only if, the transaction commits. */
export async function notifyCheckpoints(
  client: PoolClient,
  generation: string,
  topic: FoldedTopic,
  batches: readonly Batch[],
): Promise<void> {
  await client.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
    CHECKPOINT_CHANNEL,
    batches.map(({ partition, next }) => `${generation} ${topic} ${partition} ${next}`),
  ]);
}

/** The notification's payload; `undefined` if it is not one of ours. */
export function checkpointMoved(payload: string | undefined): CheckpointMoved | undefined {
  const [generation, topic, partition, next, ...rest] = (payload ?? '').split(' ');
  if (generation === undefined || topic === undefined || next === undefined || rest.length > 0) return undefined;
  return { generation, topic, partition: Number(partition), next: Number(next) };
}
