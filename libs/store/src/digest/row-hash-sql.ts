import { framed, FRAMED_NULL, type ColumnType, type DigestColumn } from '@logbook/projections';
import { quoted } from '../sql/identifiers.js';

/**
 * The SQL expression, of type bytea, that gives the `rowSha256` of a row of the table that the statement calls `alias`.
 * Of PostgreSQL 14 and later, and the same whatever the server's encoding and the session's settings.
 */
export function rowHashSql(table: string, columns: readonly DigestColumn[], alias: string): string {
  const parts = columns.map(({ name, type }) => {
    const { text, octets } = CANONICAL_TEXTS[type](`${alias}.${quoted(name)}`);
    return `${literal(framed(name))} || coalesce(${octets} || ':' || ${text}, ${literal(FRAMED_NULL)})`;
  });
  return `sha256(convert_to(${[literal(framed(table)), ...parts].join(' || ')}, 'UTF8'))`;
}

interface CanonicalText {
  readonly text: string;
  /** Its length in UTF-8. */
  readonly octets: string;
}

const ascii = (text: string): CanonicalText => ({ text, octets: `length(${text})` });

/**
 * No cast to text whose result a setting decides: not of times (TimeZone, DateStyle), nor of bytes (bytea_output).
 * `extract` is exact since version 14, when it became numeric.
 */
const CANONICAL_TEXTS: Readonly<Record<ColumnType, (column: string) => CanonicalText>> = {
  // `octet_length` of a text counts in the server's encoding.
  text: (column) => ({ text: column, octets: `octet_length(convert_to(${column}, 'UTF8'))` }),
  uuid: (column) => ascii(`${column}::text`),
  int: (column) => ascii(`${column}::text`),
  bigint: (column) => ascii(`${column}::text`),
  timestamp: (column) => ascii(`(extract(epoch FROM ${column}) * 1000)::bigint::text`),
  bytes: (column) => ascii(`encode(${column}, 'hex')`),
  boolean: (column) => ascii(`${column}::text`),
  jsonb: (column) => {
    throw new Error(`${column}: jsonb has no canonical text, a digest can count JSON that is kept as text`);
  },
};

/** Names of tables and columns are our own: letters, digits and underscores. */
const literal = (text: string): string => `'${text}'`;
