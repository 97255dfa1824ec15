import pg from 'pg';
import { storeOperation } from './classify.js';
import { startEmbeddedServer, type EmbeddedServer, type Rebuilt } from './embedded/embedded-server.js';
import { clientConfig, createPool, type PoolSettings } from './sql/pool.js';

export type StoreOptions = (PostgresOptions | EmbeddedOptions | AttachedOptions) & StoreEvents;

/** A PostgreSQL server, reached when it is first needed. */
export interface PostgresOptions {
  readonly kind: 'postgres';
  readonly url: string;
  /** Default 10, at least 2. */
  readonly poolMax?: number;
}
/** PostgreSQL inside this process, its files in `dir`, which nobody else may use. */
export interface EmbeddedOptions {
  readonly kind: 'embedded';
  readonly dir: string;
  /** The built worker, for callers that run from other places than this package's `dist`. */
  readonly workerUrl?: URL;
}
/** The embedded PostgreSQL of another process, at the address its `Store.address` gave. */
export interface AttachedOptions {
  readonly kind: 'attached';
  readonly url: string;
}

export interface StoreEvents {
  /** The embedded directory could not be opened and was begun anew; the projections must be folded again. */
  readonly onRebuilt?: (rebuilt: Rebuilt) => void;
  /** An idle connection broke (it is replaced), or the embedded server ended (it is not). */
  readonly onError?: (error: Error) => void;
}

export interface StoreAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/**
 * Connections to PostgreSQL or its embedded form. Operations of this library on a store that is away reject with
 * `DependencyUnavailableError`, each within the time-outs of `pool.ts`; they may be repeated.
 */
export interface Store {
  readonly pool: pg.Pool;
  /**
   * A server of its own has many sessions: NOTIFY arrives, advisory locks exclude. The embedded one has a
   * single session shared by all: neither works, and the pool has one connection.
   */
  readonly notifies: boolean;
  /** Where the embedded server listens. */
  readonly address?: StoreAddress;
  /** A connection outside the pool, not yet connected: for LISTEN and for locks held across statements. */
  dedicatedClient(): pg.Client;
  /** Resolves if a statement runs now. Bounded by the time-outs to connect and to run a statement. */
  ping(): Promise<void>;
  /** Waits for the connections in use, then releases everything. Idempotent. */
  close(): Promise<void>;
}

const POSTGRES_POOL_MAX = 10;
/** A process that stalls in a transaction holds a checkpoint; the server then ends its session. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** Opens a store. For `postgres` and `attached` nothing is connected yet. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const onConnectionLost = options.onError ?? (() => undefined);
  if (options.kind === 'postgres') {
    return storeOf({
      url: options.url,
      connectionsMax: Math.max(2, options.poolMax ?? POSTGRES_POOL_MAX),
      idleTimeoutMs: 30_000,
      serverOptions: { idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS },
      onConnectionLost,
    });
  }
  // One connection: more would share one session all the same, and wait for each other inside the server.
  const shared = { connectionsMax: 1, idleTimeoutMs: 0, serverOptions: {}, onConnectionLost };
  if (options.kind === 'attached') return storeOf({ url: options.url, ...shared });
  const server = await startEmbeddedServer({
    dir: options.dir,
    workerUrl: options.workerUrl,
    onRebuilt: options.onRebuilt ?? (() => undefined),
    onBroken: onConnectionLost,
  });
  const url = `postgres://postgres@${server.host}:${server.port}/postgres?sslmode=disable`;
  return storeOf({ url, ...shared }, server);
}

function storeOf(settings: PoolSettings, server?: EmbeddedServer): Store {
  const pool = createPool(settings);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await pool.end();
    await server?.close();
  };
  return {
    pool,
    notifies: settings.connectionsMax > 1,
    ...(server === undefined ? {} : { address: { host: server.host, port: server.port, url: settings.url } }),
    dedicatedClient: () => new pg.Client(clientConfig(settings)),
    ping: () =>
      storeOperation(async () => {
        await pool.query('SELECT 1');
      }),
    close: () => (closed ??= close()),
  };
}
