import type { ColumnType, Table } from '@logbook/projections';

export type SampleRow = Readonly<Record<string, unknown>>;

/** For each type, a value made from a number: another number, another value. */
const SAMPLES: Readonly<Record<ColumnType, (number: number) => unknown>> = {
  text: (number) => `text ${number}`,
  uuid: (number) => `0198c0de-0000-8000-8000-${String(number).padStart(12, '0')}`,
  int: (number) => number,
  bigint: (number) => Number.MAX_SAFE_INTEGER - number,
  timestamp: (number) => Date.UTC(2026, 0, 1) + number,
  bytes: (number) => Buffer.from([0, number % 256, 255]),
  boolean: (number) => number % 2 === 0,
  jsonb: (number) => ({ number }),
};

/** A row of which every column has a value of its own, each different from that of the row of another number. */
export function sampleRow(table: Table, number: number): SampleRow {
  return Object.fromEntries(
    Object.entries(table.columns).map(([property, { type }], index) => [property, SAMPLES[type](number + index)]),
  );
}

/** The values a column can be changed to from that of any small sample row: another one and, where there may be, none. */
export function otherValues(table: Table, property: string, row: SampleRow): readonly unknown[] {
  const { type, nullable } = table.columns[property]!;
  const other = type === 'boolean' ? row[property] !== true : SAMPLES[type](77_777);
  return nullable ? [other, null] : [other];
}
