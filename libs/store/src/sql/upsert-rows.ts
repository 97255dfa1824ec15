import type { Table } from '@logbook/projections';
import type { PoolClient } from 'pg';
import { columnArrays } from './column-arrays.js';
import { SQL_TYPES } from './ddl.js';
import { quotedColumn, tableIn } from './identifiers.js';

/** Writes rows of one table, set-based: whole arrays of columns, never row by row. */
export async function upsertRows(
  client: PoolClient,
  generation: string,
  table: Table,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  if (rows.length === 0) return;
  const text = upsertSql(generation, table);
  for (const { literals } of columnArrays(table, rows)) await client.query(text, [...literals]);
}

/** Exported for its test. */
export function upsertSql(generation: string, table: Table): string {
  const columns = Object.entries(table.columns).map(([property, column]) => ({
    name: quotedColumn(property, column),
    isKey: table.primaryKey.includes(property),
    arrayType: `${SQL_TYPES[column.type]}[]`,
  }));
  const names = columns.map(({ name }) => name).join(', ');
  const arrays = columns.map(({ arrayType }, index) => `$${index + 1}::${arrayType}`).join(', ');
  const key = columns.filter(({ isKey }) => isKey).map(({ name }) => name);
  const values = columns.filter(({ isKey }) => !isKey).map(({ name }) => `${name} = excluded.${name}`);
  const onConflict = table.write === 'once' ? 'DO NOTHING' : `DO UPDATE SET ${values.join(', ')}`;
  return (
    `INSERT INTO ${tableIn(generation, table.name)} (${names}) ` +
    `SELECT * FROM unnest(${arrays}) AS incoming (${names}) ` +
    `ON CONFLICT (${key.join(', ')}) ${onConflict}`
  );
}
