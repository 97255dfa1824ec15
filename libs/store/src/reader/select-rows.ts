import { CURRENT_FOLD, type FoldTables, type Row } from '@logbook/projections';
import type { SelectQueryBuilder } from 'typeorm';
import { inMemory } from '../sql/row-of.js';
import type { ReadableGeneration } from './readable-generations.js';

export type TableName = keyof FoldTables;

/** Rows of one table to be read along with the generation's readiness; `x` is the table in conditions. */
export interface Selection {
  readonly table: TableName;
  readonly narrow: (rows: SelectQueryBuilder<object>) => SelectQueryBuilder<object>;
}

/** What one statement saw, in one snapshot. Of each selection a row, or null, in every line. */
export interface Selected<N extends string> {
  /** Whether readers are pointed to the generation. */
  readonly pointedTo: boolean;
  readonly ready: boolean;
  readonly lines: readonly Readonly<Record<N, Readonly<Record<string, unknown>> | null>>[];
}

/**
 * Reads pointer, readiness and rows in one statement: a generation that is dropped or begun anew between two statements
 * could pass for an old state, within one it cannot. Its one row is on the left, so there is always an answer.
 */
export async function selectRows<N extends string>(
  { generation, fold, entities, source }: ReadableGeneration,
  selections: Readonly<Record<N, Selection>>,
): Promise<Selected<N>> {
  const names = Object.keys(selections) as N[];
  let query = source
    .createQueryBuilder()
    .select('g.ready', 'ready')
    .addSelect(POINTED_TO, 'pointed_to')
    .setParameters({ pointedName: generation.name, pointedFold: generation.foldVersion, pointedLog: generation.logId })
    .from(entities.generation, 'g');
  for (const name of names) {
    const { table, narrow } = selections[name];
    const properties = Object.keys(fold.tables[table].columns);
    query = query
      .leftJoin(
        (rows) => {
          const selected = rows.from(entities[table], 'x').select([]);
          for (const property of properties) selected.addSelect(`x.${property}`, `${name}_${property}`);
          return narrow(selected);
        },
        name,
        'true',
      )
      .addSelect(`${name}.*`);
  }
  const raw = await query.getRawMany<Record<string, unknown>>();
  return {
    pointedTo: raw[0]?.['pointed_to'] === true,
    ready: raw[0]?.['ready'] === true,
    lines: raw.map((line) =>
      Object.fromEntries(names.map((name) => [name, rowIn(line, name, selections[name])])),
    ) as never,
  };
}

/** The name alone may have gone to another generation, of another log. */
const POINTED_TO = `EXISTS (SELECT FROM ops.pointer p JOIN ops.generations o ON o.name = p.generation
                             WHERE o.name = :pointedName AND o.fold_version = :pointedFold AND o.log_id = :pointedLog)`;

/** The row in the shape of the current fold: a column that the generation's own fold does not have is null. */
function rowIn(
  line: Readonly<Record<string, unknown>>,
  name: string,
  { table }: Selection,
): Readonly<Record<string, unknown>> | null {
  const { columns, primaryKey } = CURRENT_FOLD.tables[table];
  if (line[`${name}_${primaryKey[0]}`] === null) return null;
  const valueOf = (property: string): unknown => inMemory(line[`${name}_${property}`] ?? null);
  return Object.fromEntries(Object.keys(columns).map((property) => [property, valueOf(property)]));
}

/** A row of `table` as `selectRows` gives it. */
export type RowOf<T extends TableName> = Row<(typeof CURRENT_FOLD.tables)[T]>;
