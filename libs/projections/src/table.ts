/**
 * The definition of a table: the one source of its DDL, its upserts, its entity and its digest.
 */

/** What a column holds, and as what a row carries it in memory. Timestamps are Unix milliseconds. */
export interface ColumnValues {
  text: string;
  uuid: string;
  int: number;
  /** Never past 2^53 - 1: offsets, and sums that saturate there. */
  bigint: number;
  timestamp: number;
  bytes: Buffer;
  boolean: boolean;
  jsonb: unknown;
}
export type ColumnType = keyof ColumnValues;

/**
 * How a column gets its value, and so why any replay gives it the same one:
 * `owned` is decided by the order of one key, `merged` is idempotent and commutative (LEAST, GREATEST, OR),
 * `counter` adds up, which is right only because a message takes effect once.
 */
export type Rule = 'owned' | 'merged' | 'counter';

/** In which digests a column counts: both, that of positions alone, or (what only explains) none. */
export type DigestScope = 'content' | 'position' | 'none';

export interface Column {
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly rule: Rule;
  readonly digest: DigestScope;
}
export type Columns = Readonly<Record<string, Column>>;

export interface Index<Name extends string = string> {
  readonly columns: readonly Name[];
  /** Rows whose value here is null are left out of the index. */
  readonly whereNotNull?: Name;
}

/** `C` is what the columns are; where a column is named, it is by the key it has there. */
export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly primaryKey: readonly string[];
  readonly uniques: readonly (readonly string[])[];
  readonly indexes: readonly Index[];
  /** `once`: a row never changes after it was written. `replace`: a later row of the same key takes its place. */
  readonly write: 'once' | 'replace';
  /** The share of a page, in percent, that inserts fill; the rest is room for updates in place. */
  readonly fillPercent: number;
}

/** The row a table holds, as it is in memory. */
export type Row<T> =
  T extends Table<infer C>
    ? {
        readonly [K in keyof C]: C[K]['nullable'] extends true
          ? ColumnValues[C[K]['type']] | null
          : ColumnValues[C[K]['type']];
      }
    : never;

interface TableDefinition<C extends Columns> {
  readonly name: string;
  readonly columns: C;
  readonly primaryKey: readonly (keyof C & string)[];
  readonly uniques?: readonly (readonly (keyof C & string)[])[];
  readonly indexes?: readonly Index<keyof C & string>[];
  readonly write: Table['write'];
  readonly fillPercent?: number;
}

export function defineTable<const C extends Columns>(definition: TableDefinition<C>): Table<C> {
  return { uniques: [], indexes: [], fillPercent: 100, ...definition };
}

/** The table of a later fold that has further columns behind those of an earlier one. */
export function withColumns<const C extends Columns, const D extends Columns>(table: Table<C>, added: D): Table<C & D> {
  return { ...table, columns: { ...table.columns, ...added } };
}

export const required = <T extends ColumnType>(type: T, rule: Rule, digest: DigestScope = 'content') =>
  ({ type, nullable: false, rule, digest }) as const;
export const optional = <T extends ColumnType>(type: T, rule: Rule, digest: DigestScope = 'content') =>
  ({ type, nullable: true, rule, digest }) as const;

/** The column's name in SQL: `createdAtMs` is `created_at`, since a timestamp has no unit there. */
export function columnName(property: string, column: Column): string {
  const name = column.type === 'timestamp' ? property.replace(/Ms$/, '') : property;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
