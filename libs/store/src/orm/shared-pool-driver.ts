import type { Pool } from 'pg';

/**
 * The ORM makes a pool for every data source. Given this as its driver, it uses the store's own instead: one
 * bound on connections for everything, one set of time-outs, and on the embedded store the one session there is.
 * The pool is the store's to close.
 */
export function sharedPoolDriver(pool: Pool): object {
  class SharedPool {
    connect = pool.connect.bind(pool);
    on(): this {
      return this;
    }
    end(done: () => void): void {
      done();
    }
  }
  return { Pool: SharedPool };
}
