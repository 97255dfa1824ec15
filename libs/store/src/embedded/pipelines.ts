import type { PGlite } from '@electric-sql/pglite';

/** Client messages that begin or continue an extended-protocol sequence; `Sync` ends it. Source: PostgreSQL manual, 54.7. */
const PARSE_BIND_DESCRIBE_EXECUTE_CLOSE_FLUSH = new Set(Buffer.from('PBDECH'));

const QUERY = 'Q'.charCodeAt(0);
const COPY_DATA = 'd'.charCodeAt(0);
const COPY_DONE_FAIL = new Set(Buffer.from('cf'));

/**
 * PGlite as the socket server should see it. The server hands over one protocol message at a time and keeps to
 * one connection only within a transaction. While the Bind of one connection is still arriving (its parameters
 * fill more than one packet), another's Parse would replace the one unnamed statement there is. Here an
 * unfinished sequence counts as a transaction, so that nobody comes in between.
 *
 * PGlite cannot wait for data in the middle of a statement either, so it is given a COPY from its client whole: statement
 * and data are kept until the data end, which counts as a transaction too. The client must send them unasked, as `copyRows`
 * does: nothing invites it to, and psql's `\\copy` waits in vain.
 *
 * An error thrown by PGlite itself (not one it reports to the client) leaves that server waiting for ever and
 * PGlite in an unknown state; `onBroken` must end both.
 */
export function withWholePipelines(db: PGlite, onBroken: (error: unknown) => void): PGlite {
  let unfinished = false;
  let kept: Uint8Array[] = [];
  const execProtocolRawStream: PGlite['execProtocolRawStream'] = async (message, options) => {
    if (isCopyIn(message) || (kept.length > 0 && message[0] === COPY_DATA)) {
      kept.push(message);
      unfinished = true;
      return;
    }
    const whole = COPY_DONE_FAIL.has(message[0] ?? 0) ? Buffer.concat([...kept, message]) : message;
    kept = [];
    try {
      await db.execProtocolRawStream(whole, options);
    } catch (error) {
      onBroken(error);
      throw error;
    }
    unfinished = PARSE_BIND_DESCRIBE_EXECUTE_CLOSE_FLUSH.has(message[0] ?? 0);
  };
  const exec: PGlite['exec'] = (...args) => {
    // The server rolls back for a connection that left in the middle.
    unfinished = false;
    kept = [];
    return db.exec(...args);
  };
  const isInTransaction = (): boolean => unfinished || db.isInTransaction();
  const overridden: Partial<PGlite> = { execProtocolRawStream, exec, isInTransaction };
  return new Proxy(db, {
    get(target, property) {
      const own: unknown = overridden[property as keyof PGlite];
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** Whether this is a statement (`Q`, its length, its text) that takes data from the client. */
const isCopyIn = (message: Uint8Array): boolean =>
  message[0] === QUERY && /^Q.{4}\s*COPY\s.*\sFROM\s+STDIN\b/is.test(Buffer.from(message).toString('latin1'));
