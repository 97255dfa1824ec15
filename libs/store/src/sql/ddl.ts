import { columnName, type Column, type ColumnType, type Table } from '@logbook/projections';
import { quoted, quotedColumn, tableIn } from './identifiers.js';

/** Times have milliseconds: `ce_time` has no more. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  uuid: 'uuid',
  int: 'integer',
  bigint: 'bigint',
  timestamp: 'timestamptz(3)',
  bytes: 'bytea',
  boolean: 'boolean',
  jsonb: 'jsonb',
};

/** The statements that create a table, its constraints and its indexes in a generation's schema. */
export function createTableSql(generation: string, table: Table): string[] {
  const names = (columns: readonly string[]): string =>
    columns.map((column) => quoted(sqlName(table, column))).join(', ');
  const lines = [
    ...Object.entries(table.columns).map(([property, column]) => columnSql(property, column)),
    `PRIMARY KEY (${names(table.primaryKey)})`,
    ...table.uniques.map((columns) => `UNIQUE (${names(columns)})`),
  ];
  const name = tableIn(generation, table.name);
  return [
    `CREATE TABLE ${name} (${lines.join(', ')}) WITH (fillfactor = ${table.fillPercent})`,
    ...table.indexes.map(({ columns, whereNotNull }) => {
      const where = whereNotNull === undefined ? '' : ` WHERE ${names([whereNotNull])} IS NOT NULL`;
      return `CREATE INDEX ON ${name} (${names(columns)})${where}`;
    }),
  ];
}

function columnSql(property: string, column: Column): string {
  return `${quotedColumn(property, column)} ${SQL_TYPES[column.type]}${column.nullable ? '' : ' NOT NULL'}`;
}

function sqlName(table: Table, property: string): string {
  const column = table.columns[property];
  if (column === undefined) throw new Error(`${table.name} has no column ${property}`);
  return columnName(property, column);
}
