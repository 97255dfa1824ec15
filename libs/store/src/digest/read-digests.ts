import {
  digestedTables,
  LANES,
  tableDigest,
  tablesOf,
  type DigestColumn,
  type DigestedTables,
  type DigestKind,
  type Digests,
  type Fold,
  type TableDigest,
} from '@logbook/projections';
import type { ClientBase, Pool } from 'pg';
import { tableIn } from '../sql/identifiers.js';
import { rowHashSql } from './row-hash-sql.js';

export interface ReadDigests {
  readonly kind: DigestKind;
  /** What to count where that is not all that counts in this fold: to compare with another fold's rows. */
  readonly tables?: DigestedTables;
  /** How long one table may take; default an hour. */
  readonly timeoutMs?: number;
}

export type DigestClient = ClientBase | Pool;

/** A table is read whole by one statement, which outlasts what other statements are allowed. */
const TABLE_TIMEOUT_MS = 60 * 60_000;

/**
 * The digests of a generation's tables, each read by one statement. They are of one state only if nothing writes in
 * between: give a client in a REPEATABLE READ transaction, or, on the embedded store, whose one session waits
 * meanwhile, see that the projector pauses. Errors are those of Postgres, for `storeOperation` to classify.
 */
export async function readDigests(
  client: DigestClient,
  generation: string,
  fold: Fold,
  { kind, tables = digestedTables(tablesOf(fold), kind), timeoutMs = TABLE_TIMEOUT_MS }: ReadDigests,
): Promise<Digests> {
  const digests = new Map<string, TableDigest>();
  for (const [table, columns] of tables) {
    // The driver takes the time-out of one statement from here, though its types do not say so.
    const statement = { text: digestSql(generation, table, columns), query_timeout: timeoutMs };
    const { rows } = await client.query<Record<string, string>>(statement);
    const row = rows[0] ?? {};
    const sums = LANE_NUMBERS.map((lane) => BigInt(row[`lane_${lane}`] ?? 0));
    digests.set(table, tableDigest(Number(row['rows']), sums));
  }
  return digests;
}

const LANE_NUMBERS = Array.from({ length: LANES }, (_, lane) => lane);

/** Lanes are added as signed integers (a sum of bigint is numeric and does not overflow): modulo 2^64 it is the same. */
function digestSql(generation: string, table: string, columns: readonly DigestColumn[]): string {
  const sums = LANE_NUMBERS.map((lane) => {
    const digits = `substr(h.digits, ${lane * 16 + 1}, 16)`;
    return `sum(('x' || ${digits})::bit(64)::bigint)::text AS lane_${lane}`;
  });
  // OFFSET 0 keeps the planner from hashing each row once a lane.
  return (
    `SELECT count(*)::text AS rows, ${sums.join(', ')} ` +
    `FROM (SELECT encode(${rowHashSql(table, columns, 'x')}, 'hex') AS digits ` +
    `FROM ${tableIn(generation, table)} x OFFSET 0) h`
  );
}
