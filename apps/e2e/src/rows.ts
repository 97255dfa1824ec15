import { CURRENT_FOLD, columnName, tablesOf, type Table } from '@logbook/projections';
import type { Store } from '@logbook/store';

/** By table, every row as a line of JSON, sorted. Two replays of one log give the same, whenever and however they ran. */
export type Rows = Readonly<Record<string, readonly string[]>>;

/** Where the replay stands, and when it began: not a part of what it came to. */
const OPERATIONAL_TABLES: readonly string[] = ['checkpoints', 'generation'];
const DIFFERENCES_MAX = 5;

/**
 * The rows of the generation that readers are pointed to. Columns that no digest counts are left out; without `positions`,
 * so are those that tell where in the log a message lies: a copy puts it elsewhere.
 */
export async function dumpRows(store: Store, { positions = true }: { positions?: boolean } = {}): Promise<Rows> {
  const schema = await pointedTo(store);
  const rows: Record<string, string[]> = {};
  for (const table of tablesOf(CURRENT_FOLD)) {
    if (OPERATIONAL_TABLES.includes(table.name)) continue;
    const { rows: found } = await store.pool.query<{ row: string }>(
      `SELECT row_to_json(r)::text AS row FROM (SELECT ${comparedColumns(table, positions).join(', ')} FROM "${schema}"."${table.name}") r`,
    );
    rows[table.name] = found.map(({ row }) => row).sort();
  }
  return rows;
}

/** The name of the generation that readers are pointed to. */
export async function pointedTo(store: Store): Promise<string> {
  const { rows } = await store.pool.query<{ generation: string }>('SELECT generation FROM ops.pointer');
  if (rows[0] === undefined) throw new Error('there is no generation yet');
  return rows[0].generation;
}

/** What one dump has and the other lacks, table by table, in a few lines; empty when they are the same. */
export function differences(expected: Rows, actual: Rows): string[] {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort().flatMap((table) => {
    const missing = without(expected[table] ?? [], actual[table] ?? []).map((row) => `${table} lacks ${row}`);
    const extra = without(actual[table] ?? [], expected[table] ?? []).map((row) => `${table} has also ${row}`);
    return [...missing.slice(0, DIFFERENCES_MAX), ...extra.slice(0, DIFFERENCES_MAX)];
  });
}

function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

function comparedColumns(table: Table, positions: boolean): string[] {
  return Object.entries(table.columns).flatMap(([property, column]) =>
    column.digest === 'none' || (column.digest === 'position' && !positions)
      ? []
      : [`"${columnName(property, column)}"`],
  );
}
