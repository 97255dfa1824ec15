import { columnName, type Columns, type Row, type Table } from '@logbook/projections';

/** A row as `pg` gives it, by column names, as it is in memory: times are Unix milliseconds. */
export function rowOf<C extends Columns>(table: Table<C>, raw: Readonly<Record<string, unknown>>): Row<Table<C>> {
  const row: Record<string, unknown> = {};
  for (const [property, column] of Object.entries(table.columns)) {
    row[property] = inMemory(raw[columnName(property, column)]);
  }
  return row as Row<Table<C>>;
}

export const inMemory = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);
