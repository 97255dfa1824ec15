import type { Pool, PoolClient } from 'pg';
import type { Store } from '../open-store.js';

/**
 * How a transaction ends before its process does: before a statement of it was sent (so that nothing of it is left), or
 * when it was committed and nobody was told. `CUT`: the connection goes too.
 */
export interface Crash {
  readonly at: number | 'AFTER_COMMIT';
  readonly cut: boolean;
}

/** What a process sees that crashes; `Connection terminated` is what the driver says of a lost connection. */
export class CrashError extends Error {
  constructor({ cut }: Crash) {
    super(cut ? 'Connection terminated by a test' : 'crashed by a test');
  }
}

/** The store in the hands of a process whose next transaction crashes; if it has too few statements for it, it does not. */
export function crashingStore(store: Store, crash: Crash): Store {
  return overriding(store, {
    pool: crashingPool(store.pool, crash),
    background: crashingPool(store.background, crash),
  });
}

const crashingPool = (pool: Pool, crash: Crash): Pool =>
  overriding<Pool>(pool, { connect: async (): Promise<PoolClient> => crashingClient(await pool.connect(), crash) });

function crashingClient(client: PoolClient, crash: Crash): PoolClient {
  let statements = 0;
  let crashed: CrashError | undefined;
  // The driver's overloads hide that, as it is used here, it always gives a promise.
  const send = client.query.bind(client) as unknown as (...given: readonly unknown[]) => Promise<unknown>;
  const query = async (...given: readonly unknown[]): Promise<unknown> => {
    if (statements === crash.at) crashed ??= new CrashError(crash);
    // Nothing that came behind is sent either, but that the connection may be used again.
    if (crashed !== undefined && given[0] !== 'ROLLBACK') {
      // What is no query of the driver's own gives no promise: it is told.
      if (!isTold(given[0])) throw crashed;
      return given[0].handleError(crashed);
    }
    statements += 1;
    const result = await send(...given);
    if (crash.at === 'AFTER_COMMIT' && given[0] === 'COMMIT') throw new CrashError(crash);
    return result;
  };
  return overriding(client, { query: query as unknown as PoolClient['query'] });
}

const isTold = (query: unknown): query is { handleError(error: Error): void } =>
  typeof query === 'object' && query !== null && 'handleError' in query;

function overriding<T extends object>(target: T, overridden: Partial<T>): T {
  return new Proxy(target, {
    get(of, property) {
      if (property in overridden) return overridden[property as keyof T];
      const value: unknown = Reflect.get(of, property, of);
      return typeof value === 'function' ? (value.bind(of) as unknown) : value;
    },
  });
}
