import type { QueryConfig } from 'pg';

/** A statement over whole tables outlasts what other statements are allowed. */
const TIMEOUT_MS = 6 * 60 * 60_000;

/** The driver takes the time-out of one statement from here, though its types do not say so. */
export function longStatement(text: string, values?: unknown[]): QueryConfig {
  return { text, ...(values !== undefined && { values }), query_timeout: TIMEOUT_MS } as QueryConfig;
}
