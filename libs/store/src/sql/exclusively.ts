import { storeOperation } from '@logbook/core';
import type { Store } from '../open-store.js';

/** The key of the one advisory lock this library takes; any number that others do not use. */
const ADVISORY_LOCK_KEY = 5_642_252_001;

/** The tail of the queue of each store that has one session, where advisory locks exclude nobody. */
const tails = new WeakMap<Store, Promise<unknown>>();

/** Runs `work` while no other process (on PostgreSQL) or caller (embedded: one process owns it) runs theirs. */
export function exclusively<T>(store: Store, work: () => Promise<T>): Promise<T> {
  return store.notifies ? underAdvisoryLock(store, work) : afterOthers(store, work);
}

async function underAdvisoryLock<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const client = store.dedicatedClient();
  // A lost connection loses the lock, and rejects the statement that is under way, if any.
  client.on('error', () => undefined);
  try {
    await storeOperation(async () => {
      await client.connect();
      await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK_KEY]);
    });
    return await work();
  } finally {
    // Ending the session releases the lock.
    await client.end().catch(() => undefined);
  }
}

function afterOthers<T>(store: Store, work: () => Promise<T>): Promise<T> {
  const before = tails.get(store) ?? Promise.resolve();
  const result = before.then(work, work);
  tails.set(
    store,
    result.catch(() => undefined),
  );
  return result;
}
