import { DependencyUnavailableError, LogbookError, LogUnavailableError } from './errors.js';

/**
 * What an error from Postgres, its driver or the ORM means:
 * `UNAVAILABLE`: the store is away, overloaded or misconfigured outside this process; the same call may succeed later.
 * `MISSING`: a schema or table is not there: a generation was dropped, or never created.
 * `REFUSED`: Postgres refuses the values themselves; the same values will be refused again.
 * `UNKNOWN`: anything else, and so a bug.
 */
export type StoreErrorKind = 'UNAVAILABLE' | 'MISSING' | 'REFUSED' | 'UNKNOWN';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);

/** What Node says of a certificate that it does not accept, or of a handshake that failed; mended outside this process. */
const TLS_CODE = /^(?:ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$)/;

/** SQLSTATE classes. Source: PostgreSQL manual, appendix A. */
const UNAVAILABLE_CLASSES = new Set([
  '08', // connection exception
  '28', // invalid authorization: mended outside this process
  '53', // insufficient resources
  '57', // operator intervention: shutting down, starting up, query cancelled
  '58', // system error outside Postgres itself
]);
const UNAVAILABLE_STATES = new Set([
  '3D000', // the database does not exist (yet)
  '25006', // read-only: a standby during a failover
  '25P03', // idle in transaction for too long
  '40001', // serialization failure
  '40P01', // deadlock detected
  '55P03', // lock not available
]);
const MISSING_STATES = new Set(['42P01', '3F000']);

/** What `pg` and `pg-pool` say without a code, each in their source. */
const UNAVAILABLE_MESSAGES = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^timeout expired/,
  /^Query read timeout/,
  /^Client has encountered a connection error/,
  /^Client was closed and is not queryable/,
  /^Cannot use a pool after calling end/,
  /^The server does not support SSL connections/,
  /^There was an error establishing an SSL connection/,
];

export function classify(error: unknown): StoreErrorKind {
  if (error instanceof DependencyUnavailableError) return 'UNAVAILABLE';
  if (error instanceof LogbookError) return 'UNKNOWN';
  const { code, message } = detailsOf(error);
  if (code !== undefined) {
    if (MISSING_STATES.has(code)) return 'MISSING';
    if (NETWORK_CODES.has(code) || TLS_CODE.test(code) || UNAVAILABLE_STATES.has(code)) return 'UNAVAILABLE';
    if (/^[0-9A-Z]{5}$/.test(code)) return kindOfClass(code.slice(0, 2));
  }
  return UNAVAILABLE_MESSAGES.some((pattern) => pattern.test(message)) ? 'UNAVAILABLE' : 'UNKNOWN';
}

function kindOfClass(sqlClass: string): StoreErrorKind {
  if (UNAVAILABLE_CLASSES.has(sqlClass)) return 'UNAVAILABLE';
  // Data exceptions, integrity violations, and limits such as the size of an index entry.
  return sqlClass === '22' || sqlClass === '23' || sqlClass === '54' ? 'REFUSED' : 'UNKNOWN';
}

/** By its shape: an error of Node's own need not be an instance of the `Error` known here (under jest it is not). */
function detailsOf(error: unknown): { readonly code: string | undefined; readonly message: string } {
  if (typeof error !== 'object' || error === null) return { code: undefined, message: String(error) };
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { code: typeof code === 'string' ? code : undefined, message: typeof message === 'string' ? message : '' };
}

/** The error as callers of the store see it: a lost dependency by its name, everything else as it is. */
export function asStoreError(error: unknown): unknown {
  if (error instanceof LogbookError || classify(error) !== 'UNAVAILABLE') return error;
  const { code, message } = detailsOf(error);
  // A refusal on every address of a host has a code and no message.
  return new DependencyUnavailableError(`Postgres is unavailable: ${message || code}`, { cause: error });
}

/** Runs an operation of the store; a lost dependency rejects with `DependencyUnavailableError`. */
export async function storeOperation<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw asStoreError(error);
  }
}

/** Whether waiting may mend it: the log or Postgres is away. */
export const isAway = (error: unknown): error is Error =>
  error instanceof LogUnavailableError || classify(error) === 'UNAVAILABLE';
