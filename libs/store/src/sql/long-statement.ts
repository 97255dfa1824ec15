import type { QueryConfig } from 'pg';

/** A statement over whole tables outlasts what other statements are allowed. */
const TIMEOUT_MS = 6 * 60 * 60_000;

/** The driver takes the time-out of one statement from here, though its types do not say so. */
export const longStatement = (text: string): QueryConfig => ({ text, query_timeout: TIMEOUT_MS }) as QueryConfig;
