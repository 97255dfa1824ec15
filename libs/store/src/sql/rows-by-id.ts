import { columnName, type Columns, type Row, type Table } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { arrayLiteral } from './column-arrays.js';
import { quoted, tableIn } from './identifiers.js';
import { rowOf } from './row-of.js';

/** The rows that exist of those whose id, a uuid, is among `ids`; no statement where there is none. */
export async function rowsById<C extends Columns>(
  client: Pick<PoolClient, 'query'>,
  generation: string,
  { table, id, ids }: { readonly table: Table<C>; readonly id: keyof C & string; readonly ids: readonly string[] },
): Promise<Map<string, Row<Table<C>>>> {
  if (ids.length === 0) return new Map();
  const column = columnName(id, table.columns[id] as Columns[string]);
  const { rows } = await client.query<Record<string, unknown>>(
    `SELECT * FROM ${tableIn(generation, table.name)} WHERE ${quoted(column)} = ANY ($1::uuid[])`,
    [arrayLiteral('uuid', ids)],
  );
  return new Map(rows.map((raw) => [raw[column] as string, rowOf(table, raw)]));
}
