import { columnName, type Column, type ColumnType, type DigestScope, type Table } from '../table.js';

/** Which digest: `content` survives a copy of the log, `position` counts places in the log as well. */
export type DigestKind = Exclude<DigestScope, 'none'>;

/** A column that a digest counts. */
export interface DigestColumn {
  /** Its key in rows in memory. */
  readonly property: string;
  /** Its name in SQL, and in what is hashed. */
  readonly name: string;
  readonly type: ColumnType;
}

/** By the names of tables, the columns that a digest counts; a table of which none counts is not in it. */
export type DigestedTables = ReadonlyMap<string, readonly DigestColumn[]>;

/** The columns of a table that count, in the order in which they are hashed: that of their names. */
export function digestColumns(table: Table, kind: DigestKind): readonly DigestColumn[] {
  return Object.entries(table.columns)
    .filter(([, { digest }]) => digest === 'content' || digest === kind)
    .map(([property, column]) => digestColumn(property, column))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/**
 * The columns that count in both of two versions of a table. What only one of them has, or has as another type,
 * cannot be compared.
 */
export function commonColumns(left: Table, right: Table, kind: DigestKind): readonly DigestColumn[] {
  const others = new Map(digestColumns(right, kind).map(({ name, type }) => [name, type]));
  return digestColumns(left, kind).filter(({ name, type }) => others.get(name) === type);
}

/** What a digest of these tables counts. */
export function digestedTables(tables: readonly Table[], kind: DigestKind): DigestedTables {
  return withColumns(tables.map((table) => [table.name, digestColumns(table, kind)]));
}

/** What a digest counts that is to compare rows of two folds. */
export function commonTables(left: readonly Table[], right: readonly Table[], kind: DigestKind): DigestedTables {
  const others = new Map(right.map((table) => [table.name, table]));
  return withColumns(
    left.map((table) => {
      const other = others.get(table.name);
      return [table.name, other === undefined ? [] : commonColumns(table, other, kind)];
    }),
  );
}

const withColumns = (tables: readonly (readonly [string, readonly DigestColumn[]])[]): DigestedTables =>
  new Map(tables.filter(([, columns]) => columns.length > 0));

const digestColumn = (property: string, column: Column): DigestColumn => ({
  property,
  name: columnName(property, column),
  type: column.type,
});
