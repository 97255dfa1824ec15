import type { Column, ColumnType, Table } from '@logbook/projections';

/** Rows as one Postgres array literal per column: the parameters of `unnest`. */
export interface ColumnArrays {
  readonly literals: readonly string[];
  readonly rows: number;
}

/**
 * Turns rows into array literals, in chunks of about `charactersMax`, at least one row each: a statement's
 * parameters are held in memory several times over, and one row can be 8 MiB.
 */
export function* columnArrays(
  table: Table,
  rows: readonly Readonly<Record<string, unknown>>[],
  charactersMax = 8 * 1024 * 1024,
): Generator<ColumnArrays> {
  const columns = Object.entries(table.columns).map(([property, column]) => ({ property, element: elementOf(column) }));
  for (let from = 0; from < rows.length;) {
    const elements: string[][] = columns.map(() => []);
    let characters = 0;
    let next = from;
    for (; next < rows.length && (next === from || characters < charactersMax); next += 1) {
      const row = rows[next] as Readonly<Record<string, unknown>>;
      for (let index = 0; index < columns.length; index += 1) {
        const { property, element } = columns[index] as (typeof columns)[number];
        const text = element(row[property]);
        characters += text.length;
        (elements[index] as string[]).push(text);
      }
    }
    yield { literals: elements.map((texts) => `{${texts.join(',')}}`), rows: next - from };
    from = next;
  }
}

/** An array literal of one column's values, for look-ups. */
export function arrayLiteral(type: ColumnType, values: Iterable<unknown>): string {
  const element = ELEMENTS[type];
  return `{${Array.from(values, (value) => element(value)).join(',')}}`;
}

type Element = (value: unknown) => string;

/** How a value is written inside an array literal. Source: PostgreSQL manual, "Array Input and Output Syntax". */
const ELEMENTS: Readonly<Record<ColumnType, Element>> = {
  text: (value) => inQuotes(value as string),
  uuid: (value) => value as string,
  int: (value) => String(value),
  bigint: (value) => String(value),
  timestamp: (value) => `"${new Date(value as number).toISOString()}"`,
  bytes: (value) => `"\\\\x${(value as Buffer).toString('hex')}"`,
  boolean: (value) => (value === true ? 't' : 'f'),
  jsonb: (value) => inQuotes(JSON.stringify(value)),
};

function elementOf(column: Column): Element {
  const element = ELEMENTS[column.type];
  return column.nullable ? (value) => (value === null ? 'NULL' : element(value)) : element;
}

const inQuotes = (text: string): string => `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
