import { sha256 } from '@logbook/contracts';
import type { ColumnType } from '../table.js';
import type { DigestColumn } from './digest-columns.js';

/**
 * SHA-256 of a row: of its table's name and, in the order given, the name and value of each column. Each of these texts
 * stands behind its length in octets of UTF-8 and a colon, null is a hyphen, so that no two rows share a framing.
 * `store` makes the same of a row in SQL.
 */
export function rowSha256(
  table: string,
  columns: readonly DigestColumn[],
  row: Readonly<Record<string, unknown>>,
): Buffer {
  const parts = columns.map(({ property, name, type }) => framed(name) + framedValue(type, row[property]));
  return sha256(framed(table) + parts.join(''));
}

/** A text as it is hashed, for names in SQL too. */
export const framed = (text: string): string => `${Buffer.byteLength(text)}:${text}`;
export const FRAMED_NULL = '-';

function framedValue(type: ColumnType, value: unknown): string {
  return value === null ? FRAMED_NULL : framed(CANONICAL_TEXTS[type](value));
}

/** The one text of each value, whatever the driver, the server or its settings print. */
const CANONICAL_TEXTS: Readonly<Record<ColumnType, (value: unknown) => string>> = {
  text: (value) => value as string,
  uuid: (value) => (value as string).toLowerCase(),
  int: (value) => wholeNumber(value as number),
  bigint: (value) => wholeNumber(value as number),
  timestamp: (value) => wholeNumber(value as number),
  bytes: (value) => (value as Buffer).toString('hex'),
  boolean: (value) => String(value),
  jsonb: () => {
    throw new Error('jsonb has no canonical text: a digest can count JSON that is kept as text');
  },
};

/** Decimal; a number past 2^53 would be printed in another form, and rounded besides. */
function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error(`not a whole number that a row can hold: ${value}`);
  return String(value);
}
