import { inTransaction as inTransactionOf, type TransactionOptions } from '@logbook/core';
import type { Pool, PoolClient } from 'pg';

export { ROLLBACK } from '@logbook/core';

/** `inTransaction` of the core on a pool of `pg`, whose overloads hide what it connects to. */
export const inTransaction = <T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> => inTransactionOf<PoolClient, T>(pool, work, options);
