import type { Table } from '@logbook/projections';
import { quoted, quotedColumn } from '../sql/identifiers.js';

/** The SQL expression that names a row of the table: its primary key as a JSON array. */
export function keySql(table: Table, alias: string): string {
  const columns = table.primaryKey.map((property) => {
    const column = table.columns[property];
    if (column === undefined) throw new Error(`${table.name} has no column ${property}`);
    return `${quoted(alias)}.${quotedColumn(property, column)}`;
  });
  return `json_build_array(${columns.join(', ')})::text`;
}
