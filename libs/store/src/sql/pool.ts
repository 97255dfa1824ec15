import pg from 'pg';

export interface PoolSettings {
  readonly url: string;
  readonly connectionsMax: number;
  /** Connections unused for this long are closed; 0 keeps them. */
  readonly idleTimeoutMs: number;
  /** What the server is asked to enforce; the embedded one takes no settings. */
  readonly serverOptions: Pick<pg.ClientConfig, 'idle_in_transaction_session_timeout'>;
  /** An idle connection broke. The pool replaces it; nothing is lost. */
  readonly onConnectionLost: (error: Error) => void;
}

export const CONNECT_TIMEOUT_MS = 5_000;
export const STATEMENT_TIMEOUT_MS = 30_000;

/** Offsets and saturated sums fit a double exactly, so 64-bit integers arrive as numbers. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: Parameters<typeof pg.types.getTypeParser>[0], format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 && format !== 'binary'
      ? Number
      : (pg.types.getTypeParser(oid, format) as (value: string) => unknown),
};

export function clientConfig({ url, serverOptions }: Pick<PoolSettings, 'url' | 'serverOptions'>): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'logbook',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Client-side, so that a server that no longer answers is noticed too; the connection is then discarded.
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types,
    ...serverOptions,
  };
}

export function createPool(settings: PoolSettings): pg.Pool {
  const pool = new pg.Pool({
    ...clientConfig(settings),
    max: settings.connectionsMax,
    idleTimeoutMillis: settings.idleTimeoutMs,
  });
  pool.on('error', settings.onConnectionLost);
  return pool;
}
