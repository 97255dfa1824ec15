import { storeOperation } from '@logbook/core';
import type { Store } from '../open-store.js';

/** Any number that others do not use, and not that of `exclusively`. */
const ADVISORY_LOCK_KEY = 5_642_252_002;

/**
 * One maintenance (a rebuild, a verification) at a time on a PostgreSQL database: `undefined` if somebody else is at it.
 * The lock is that of a session, so it ends with the process that holds it, however that ends. The embedded store has
 * no sessions to tell apart: there the data directory is claimed instead.
 */
export async function lockMaintenance(store: Store): Promise<{ readonly release: () => Promise<void> } | undefined> {
  const client = store.dedicatedClient();
  // A lost connection loses the lock. What is done under it is safe all the same: checkpoints are fenced, swaps checked.
  client.on('error', () => undefined);
  const locked = await storeOperation(async () => {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      ADVISORY_LOCK_KEY,
    ]);
    return rows[0]?.locked === true;
  });
  if (locked) return { release: () => client.end() };
  await client.end();
  return undefined;
}
