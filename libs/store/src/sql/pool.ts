import pg from 'pg';

export interface PoolSettings {
  readonly url: string;
  readonly connectionsMax: number;
  /** How long taking a connection may last, waiting for a free one included. */
  readonly connectTimeoutMs: number;
  /** Where the server listens, once it does; connections wait for it. Without it the URL says. */
  readonly listening?: Promise<{ readonly port: number }>;
  /** Connections unused for this long are closed; 0 keeps them. */
  readonly idleTimeoutMs: number;
  readonly statementTimeoutMs?: number | undefined;
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

export function clientConfig({
  url,
  serverOptions,
  connectTimeoutMs,
  statementTimeoutMs,
}: PoolSettings): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'logbook',
    connectionTimeoutMillis: connectTimeoutMs,
    // Client-side, so that a server that no longer answers is noticed too; the connection is then discarded.
    query_timeout: statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types,
    ...serverOptions,
  };
}

export function createPool(settings: PoolSettings): pg.Pool {
  const { listening } = settings;
  const pool = new pg.Pool({
    ...clientConfig(settings),
    ...(listening !== undefined && { Client: clientOf(listening) }),
    // Statements that need nothing of each other travel together: a transaction has four round trips instead of eight or ten.
    pipeline: true,
    max: settings.connectionsMax,
    idleTimeoutMillis: settings.idleTimeoutMs,
  });
  pool.on('error', settings.onConnectionLost);
  return pool;
}

/** A client of a server that is being started: it connects once the server listens, within the time-out to connect. */
function clientOf(listening: Promise<{ readonly port: number }>): typeof pg.Client {
  return class WaitingClient extends pg.Client {
    override connect(): Promise<pg.Client>;
    override connect(callback: (error: Error | null) => void): void;
    override connect(callback?: (error: Error | null) => void): Promise<pg.Client> | void {
      const connected = listening.then(({ port }) => {
        // The driver reads the port when it connects, and has no other way to learn it after construction.
        (this as { port: number }).port = port;
        return super.connect();
      });
      if (callback === undefined) return connected;
      connected.then(
        () => callback(null),
        (error: unknown) => callback(error as Error),
      );
    }
  };
}
