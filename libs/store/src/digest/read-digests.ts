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
import { longStatement } from '../sql/long-statement.js';
import { rowHashSql } from './row-hash-sql.js';

export interface ReadDigests {
  readonly kind: DigestKind;
  /** What to count where that is not all that counts in this fold: to compare with another fold's rows. */
  readonly tables?: DigestedTables;
}

export type DigestClient = ClientBase | Pool;

/**
 * The digests of a generation's tables, each read by one statement. They are of one state only if nothing writes in
 * between: give a client in a REPEATABLE READ transaction, or, on the embedded store, whose one session waits
 * meanwhile, see that the projector pauses. Errors are those of Postgres, for `storeOperation` to classify.
 */
export async function readDigests(
  client: DigestClient,
  generation: string,
  fold: Fold,
  { kind, tables = digestedTables(tablesOf(fold), kind) }: ReadDigests,
): Promise<Digests> {
  const digests = new Map<string, TableDigest>();
  for (const [table, columns] of tables) {
    const { rows } = await client.query<Record<string, string>>(longStatement(digestSql(generation, table, columns)));
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
