import { columnName, type Columns, type Row, type Table } from '@logbook/projections';

/** A row as `pg` gives it, by column names, as it is in memory: times are Unix milliseconds. */
export function rowOf<C extends Columns>(table: Table<C>, raw: Readonly<Record<string, unknown>>): Row<Table<C>> {
  const row: Record<string, unknown> = {};
  for (const [property, name] of namesOf(table)) row[property] = inMemory(raw[name]);
  return row as Row<Table<C>>;
}

export const inMemory = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value);

/** Each property with the name of its column, which takes longer to make than a value to carry over. */
function namesOf(table: Table): readonly (readonly [property: string, name: string])[] {
  let names = NAMES.get(table);
  if (names === undefined) {
    names = Object.entries(table.columns).map(([property, column]) => [property, columnName(property, column)]);
    NAMES.set(table, names);
  }
  return names;
}

const NAMES = new WeakMap<Table, readonly (readonly [property: string, name: string])[]>();
