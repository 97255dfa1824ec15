import { openStore } from '@logbook/store';

export interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own on a server that others use too. `name` needs no quoting. */
export async function createDatabase(serverUrl: string, name: string): Promise<OwnDatabase> {
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    // A test may have stopped the server for good; then there is nothing left to drop.
    drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const store = await openStore({ kind: 'postgres', url });
  try {
    await store.pool.query(statement);
  } finally {
    await store.close();
  }
}
