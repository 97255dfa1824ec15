import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Store } from '../open-store.js';
import { generationName, tableIn, type GenerationName } from '../sql/identifiers.js';
import { inTransaction, ROLLBACK } from '../sql/transaction.js';
import type { GenerationState } from './generation.js';
import { partitionsBehind, type PartitionBehind } from './partitions-behind.js';

/**
 * `SWAPPED`: readers use it from now on. `BEHIND`: it did not catch up with the generation that readers use within the
 * time. `NOT_READY`: it has not passed the log's ends of its creation. Whatever is not `SWAPPED` left everything as it was.
 */
export type SwapOutcome =
  | { readonly outcome: 'SWAPPED'; readonly from: GenerationName; readonly to: GenerationName }
  | { readonly outcome: 'POINTED_TO_ALREADY' | 'UNKNOWN_GENERATION' | 'NOT_READY' | 'NO_POINTER' }
  | { readonly outcome: 'NOT_FOLLOWED'; readonly state: GenerationState }
  | { readonly outcome: 'BEHIND'; readonly behind: readonly PartitionBehind[] };

/**
 * How long the checkpoints of the old generation are held still while the new one catches up. Who awaits a checkpoint
 * waits that long at the most; then the old one goes on, and it is tried again.
 */
const HOLD_MS = 1_000;
const LOOK_MS = 5;
const PAUSE_MS = 100;

/**
 * Points readers to `to`, in one transaction that holds both sets of checkpoints. The new generation must be at or past
 * the old one on every partition, so that nobody who has read from the old one finds less in the new.
 */
export async function swapPointer(
  store: Store,
  to: GenerationName,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<SwapOutcome> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(store, to);
    if (outcome.outcome !== 'BEHIND' || performance.now() >= deadline) return outcome;
    await delay(PAUSE_MS);
  }
}

async function attempt(store: Store, to: GenerationName): Promise<SwapOutcome> {
  let refused: SwapOutcome = { outcome: 'NO_POINTER' };
  const swapped = await inTransaction(store.pool, async (client): Promise<SwapOutcome | typeof ROLLBACK> => {
    const { rows } = await client.query<{ generation: string }>('SELECT generation FROM ops.pointer FOR UPDATE');
    if (rows[0] === undefined) return ROLLBACK;
    const from = generationName(rows[0].generation);
    refused = (await refusalOf(client, { from, to })) ?? refused;
    if (refused.outcome !== 'NO_POINTER') return ROLLBACK;
    // An embedded store has one session: while this transaction is open, nobody could bring the new one any further.
    const behind = await holdUntilCaughtUp(client, { from, to, holdMs: store.notifies ? HOLD_MS : 0 });
    if (behind.length > 0) {
      refused = { outcome: 'BEHIND', behind };
      return ROLLBACK;
    }
    await client.query('UPDATE ops.pointer SET generation = $1, previous = $2, moved_at = now()', [to, from]);
    await client.query('UPDATE ops.generations SET pointed_at = coalesce(pointed_at, now()) WHERE name = $1', [to]);
    return { outcome: 'SWAPPED', from, to };
  });
  return swapped === ROLLBACK ? refused : swapped;
}

async function refusalOf(
  client: PoolClient,
  { from, to }: { readonly from: GenerationName; readonly to: GenerationName },
): Promise<SwapOutcome | undefined> {
  if (from === to) return { outcome: 'POINTED_TO_ALREADY' };
  const { rows } = await client.query<{ state: GenerationState }>('SELECT state FROM ops.generations WHERE name = $1', [
    to,
  ]);
  const state = rows[0]?.state;
  if (state === undefined) return { outcome: 'UNKNOWN_GENERATION' };
  if (state !== 'FOLLOWED') return { outcome: 'NOT_FOLLOWED', state };
  const { rows: said } = await client.query<{ ready: boolean }>(`SELECT ready FROM ${tableIn(to, 'generation')}`);
  return said[0]?.ready === true ? undefined : { outcome: 'NOT_READY' };
}

async function holdUntilCaughtUp(
  client: PoolClient,
  { from, to, holdMs }: { readonly from: GenerationName; readonly to: GenerationName; readonly holdMs: number },
): Promise<PartitionBehind[]> {
  await lockCheckpoints(client, from);
  const deadline = performance.now() + holdMs;
  let behind = await partitionsBehind(client, to, from);
  while (behind.length > 0 && performance.now() < deadline) {
    await delay(LOOK_MS);
    behind = await partitionsBehind(client, to, from);
  }
  if (behind.length === 0) await lockCheckpoints(client, to);
  return behind;
}

/** In one order, so that two who lock the same rows wait for each other and do not stop each other. */
async function lockCheckpoints(client: PoolClient, generation: GenerationName): Promise<void> {
  await client.query(`SELECT FROM ${tableIn(generation, 'checkpoints')} ORDER BY topic, partition FOR UPDATE`);
}
