import { asStoreError, classify } from './classify.js';

/** What a transaction needs of a connection to Postgres: the shape of `pg`'s `PoolClient`. */
export interface SqlConnection {
  query(text: string): Promise<unknown>;
  on(event: 'error', listener: () => void): unknown;
  removeListener(event: 'error', listener: () => void): unknown;
  /** `true` closes it instead of giving it back. */
  release(destroy?: boolean): void;
}

/** The shape of `pg`'s `Pool`. */
export interface SqlPool<Connection extends SqlConnection> {
  connect(): Promise<Connection>;
}

/** What the work of a transaction resolves with to leave nothing behind. */
export const ROLLBACK: unique symbol = Symbol('roll the transaction back');

export interface TransactionOptions {
  /** Default READ COMMITTED. */
  readonly isolation?: 'REPEATABLE READ';
}

/**
 * Commits what `work` did and resolves with its result, unless that is `ROLLBACK`.
 * Any error rolls back and is rethrown as callers of the store see it.
 */
export async function inTransaction<Connection extends SqlConnection, T>(
  pool: SqlPool<Connection>,
  work: (client: Connection) => Promise<T>,
  { isolation }: TransactionOptions = {},
): Promise<T> {
  let client: Connection;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asStoreError(error);
  }
  // A connection that breaks between two statements is said by an event, which ends the process where nobody listens;
  // the next statement says it too.
  client.on('error', ignored);
  try {
    await client.query(isolation === undefined ? 'BEGIN' : `BEGIN ISOLATION LEVEL ${isolation}`);
    const result = await work(client);
    await client.query(result === ROLLBACK ? 'ROLLBACK' : 'COMMIT');
    giveBack(client);
    return result;
  } catch (error) {
    await abandon(client, error);
    throw asStoreError(error);
  }
}

/** A connection that may be broken or busy is closed, which ends its transaction; a sound one is rolled back. */
async function abandon(client: SqlConnection, error: unknown): Promise<void> {
  const kind = classify(error);
  if (kind === 'UNAVAILABLE') return client.release(true);
  try {
    await client.query('ROLLBACK');
    giveBack(client);
  } catch {
    client.release(true);
  }
}

/** One that is closed instead keeps its listener: it may say once more that it is broken. */
function giveBack(client: SqlConnection): void {
  client.removeListener('error', ignored);
  client.release();
}

const ignored = (): void => undefined;
