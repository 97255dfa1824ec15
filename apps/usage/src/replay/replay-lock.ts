import { storeOperation } from '@logbook/core';
import type { Store } from '@logbook/store';

/**
 * One replay at a time on a database: `undefined` if somebody else is at it. The lock is that of a session, so it ends with the
 * process that holds it, however that ends.
 */
export async function lockReplays(store: Store): Promise<{ readonly release: () => Promise<void> } | undefined> {
  const client = store.dedicatedClient();
  client.on('error', () => undefined);
  const { rows } = await storeOperation(async () => {
    await client.connect();
    return client.query<{ locked: boolean }>(`SELECT pg_try_advisory_lock(hashtext('logbook usage replay')) AS locked`);
  });
  if (rows[0]?.locked === true) return { release: () => client.end() };
  await client.end();
  return undefined;
}
