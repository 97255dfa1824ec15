import { storeOperation } from '@logbook/core';
import pg from 'pg';
import { startEmbeddedServer, type EmbeddedServer, type Rebuilt } from './embedded/embedded-server.js';
import { clientConfig, CONNECT_TIMEOUT_MS, createPool, type PoolSettings } from './sql/pool.js';

export type StoreOptions = (PostgresOptions | EmbeddedOptions | AttachedOptions) & StoreLimits & StoreEvents;

/** A PostgreSQL server, reached when it is first needed. */
export interface PostgresOptions {
  readonly kind: 'postgres';
  readonly url: string;
  /** Default 20, at least 2; opened when needed. */
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

export interface StoreLimits {
  /** How long a statement may take before it counts as not answered; default 30 s. */
  readonly statementTimeoutMs?: number;
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
  /** For what somebody waits for: requests, and the commands whose effects they wait to see. */
  readonly pool: pg.Pool;
  /**
   * For what nobody waits for: batches of events, the feed of changes. A server does all at once, and there it is `pool`.
   * The embedded one does one transaction after the other; with a connection of their own these queue behind each other
   * there, and `pool` waits for the one under way at most.
   */
  readonly background: pg.Pool;
  /**
   * A server of its own has many sessions: NOTIFY arrives, advisory locks exclude. The embedded one has a
   * single session shared by all: neither works, and each pool has one connection.
   */
  readonly notifies: boolean;
  /** Where the embedded server listens, once it does. */
  readonly address?: Promise<StoreAddress>;
  /** A connection outside the pool, not yet connected: for LISTEN and for locks held across statements. */
  dedicatedClient(): pg.Client;
  /** Resolves if a statement runs now. Bounded by the time-outs to connect and to run a statement. */
  ping(): Promise<void>;
  /** Waits for the connections in use, then releases everything. Idempotent. */
  close(): Promise<void>;
}

/** A projector writes a generation in four transactions at once; beside a rebuild there are two generations. */
const POSTGRES_POOL_MAX = 20;
const EMBEDDED_HOST = '127.0.0.1';
/** The first opening takes seconds, and whoever comes meanwhile waits for it. */
const EMBEDDED_CONNECT_TIMEOUT_MS = 20_000;
/** A process that stalls in a transaction holds a checkpoint; the server then ends its session. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** Opens a store. For `postgres` and `attached` nothing is connected yet; `embedded` is waited for. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { store, opened } = await openStoreInBackground(options);
  try {
    await opened;
    return store;
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
}

/** A store and when it answers: an embedded one takes seconds to open, most of all the first time. */
export interface OpeningStore {
  readonly store: Store;
  /** Until it resolves, operations wait for it, within the time-out to connect. */
  readonly opened: Promise<void>;
}

/** As `openStore`, but a process that can do without its projections for a while need not wait for them. */
export async function openStoreInBackground(options: StoreOptions): Promise<OpeningStore> {
  const onConnectionLost = options.onError ?? (() => undefined);
  const { statementTimeoutMs } = options;
  if (options.kind === 'postgres') {
    const store = storeOf({
      url: options.url,
      connectionsMax: Math.max(2, options.poolMax ?? POSTGRES_POOL_MAX),
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      idleTimeoutMs: 30_000,
      statementTimeoutMs,
      serverOptions: { idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS },
      onConnectionLost,
    });
    return { store, opened: Promise.resolve() };
  }
  // One connection a pool: more would share one session all the same, and wait for each other inside the server.
  const shared = {
    connectTimeoutMs: EMBEDDED_CONNECT_TIMEOUT_MS,
    connectionsMax: 1,
    idleTimeoutMs: 0,
    statementTimeoutMs,
    serverOptions: {},
    onConnectionLost,
  };
  if (options.kind === 'attached')
    return { store: storeOf({ url: options.url, ...shared }), opened: Promise.resolve() };
  const starting = startEmbeddedServer({
    dir: options.dir,
    workerUrl: options.workerUrl,
    onRebuilt: options.onRebuilt ?? (() => undefined),
    onBroken: onConnectionLost,
  });
  const opened = starting.then(() => undefined);
  // Whoever awaits `opened` sees the failure; without this it would also count as unhandled.
  opened.catch(() => undefined);
  return { store: storeOf({ url: embeddedUrl(0), listening: starting, ...shared }, starting), opened };
}

const embeddedUrl = (port: number): string => `postgres://postgres@${EMBEDDED_HOST}:${port}/postgres?sslmode=disable`;

function storeOf(settings: PoolSettings, server?: Promise<EmbeddedServer>): Store {
  const notifies = settings.connectionsMax > 1;
  const pool = createPool(settings);
  const background = notifies ? pool : createPool(settings);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([...new Set([pool, background])].map((each) => each.end()));
    await server?.then(
      (started) => started.close(),
      () => undefined,
    );
  };
  return {
    pool,
    background,
    notifies,
    ...(server !== undefined && {
      address: server.then(({ port }) => ({ host: EMBEDDED_HOST, port, url: embeddedUrl(port) })),
    }),
    dedicatedClient: () => new pg.Client(clientConfig(settings)),
    ping: () =>
      storeOperation(async () => {
        await pool.query('SELECT 1');
      }),
    close: () => (closed ??= close()),
  };
}
