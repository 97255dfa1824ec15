import pg from 'pg';

/** A database of its own on a server that others use too. */
export interface OwnDatabase {
  readonly url: string;
  /** Ends the sessions that are left in it. */
  drop(): Promise<void>;
}

/** Creates it, with `options` as CREATE DATABASE takes them. `name` must need no quoting. */
export async function createDatabase(serverUrl: string, name: string, options = ''): Promise<OwnDatabase> {
  await onServer(serverUrl, `CREATE DATABASE ${name} ${options}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client(serverUrl);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
