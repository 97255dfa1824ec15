import type { Store } from '@logbook/store';
import { eventually } from '@logbook/testing';

/** What the sessions of a frozen process have begun in the database and not ended. */
export interface OpenTransactions {
  readonly open: number;
  /** Those of them that have written: their rows are there, and nobody sees them. */
  readonly written: number;
}

const SETTLE_TIMEOUT_MS = 10_000;

/**
 * The open transactions of a database's sessions other than this one, whose processes are frozen: once each statement
 * under way has ended, nothing can change until they go on or die, so the answer is exact. A session that waits for its
 * client to take an answer, or for a row of another frozen transaction, stays where it is, and is inside its statement.
 */
export async function openTransactions(store: Store): Promise<OpenTransactions> {
  await eventually(
    async () => (await sessions(store, `state = 'active' AND wait_event_type NOT IN ('Client', 'Lock')`)) === 0,
    {
      timeoutMs: SETTLE_TIMEOUT_MS,
      intervalMs: 2,
      what: 'the statements of a frozen process to end',
    },
  );
  return {
    open: await sessions(store, `state IN ('idle in transaction', 'active') AND xact_start IS NOT NULL`),
    written: await sessions(store, 'backend_xid IS NOT NULL'),
  };
}

async function sessions(store: Store, condition: string): Promise<number> {
  const { rows } = await store.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND (${condition})`,
  );
  return rows[0]?.count ?? 0;
}
