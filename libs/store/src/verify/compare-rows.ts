import { storeOperation } from '@logbook/core';
import { digestedTables, tablesOf, type Table } from '@logbook/projections';
import { rowHashSql } from '../digest/row-hash-sql.js';
import { foldOf, type Generation } from '../generations/generation.js';
import type { Store } from '../open-store.js';
import { longStatement } from '../sql/long-statement.js';
import { tableIn } from '../sql/identifiers.js';
import { recordedIn } from './record-row-hashes.js';
import { keySql } from './row-keys.js';

/** `changed`: both have the row, with other values. `missing`: only the replay has it. `extra`: the replay has it not. */
export type RowDifference = 'changed' | 'missing' | 'extra';

export interface TableComparison {
  readonly table: string;
  /** Of the generation, and of the replay. */
  readonly rows: number;
  readonly replayedRows: number;
  readonly differences: Readonly<Record<RowDifference, number>>;
  /** Some of the rows that differ: their primary keys as JSON arrays. */
  readonly samples: readonly { readonly difference: RowDifference; readonly key: string }[];
}

export const SAMPLES_MAX = 10;

/** Compares what was recorded of a generation with the rows that the scratch generation holds now, table by table. */
export function compareRows(store: Store, scratch: Generation): Promise<TableComparison[]> {
  return storeOperation(async () => {
    const tables = tablesOf(foldOf(scratch));
    const counted = digestedTables(tables, 'position');
    const comparisons: TableComparison[] = [];
    for (const table of tables) {
      const columns = counted.get(table.name);
      if (columns === undefined) continue;
      const replayed = `SELECT ${keySql(table, 'x')} AS key, ${rowHashSql(table.name, columns, 'x')} AS hash
                          FROM ${tableIn(scratch.name, table.name)} AS x`;
      comparisons.push(await compareTable(store, table, { recorded: recordedIn(scratch.name, table.name), replayed }));
    }
    return comparisons;
  });
}

interface Sides {
  readonly recorded: string;
  readonly replayed: string;
}

async function compareTable(store: Store, { name }: Table, { recorded, replayed }: Sides): Promise<TableComparison> {
  const joined = `${recorded} AS was FULL JOIN (${replayed}) AS is_now USING (key)`;
  const { rows } = await store.pool.query<Record<RowDifference | 'rows' | 'replayed', number>>(
    longStatement(
      `SELECT count(was.hash) AS rows, count(is_now.hash) AS replayed,
              count(*) FILTER (WHERE was.hash IS NULL) AS missing,
              count(*) FILTER (WHERE is_now.hash IS NULL) AS extra,
              count(*) FILTER (WHERE was.hash <> is_now.hash) AS changed
         FROM ${joined}`,
    ),
  );
  const { rows: had = 0, replayed: has = 0, changed = 0, missing = 0, extra = 0 } = rows[0] ?? {};
  const differ = changed + missing + extra > 0;
  return {
    table: name,
    rows: had,
    replayedRows: has,
    differences: { changed, missing, extra },
    samples: differ ? await samplesOf(store, joined) : [],
  };
}

async function samplesOf(store: Store, joined: string): Promise<TableComparison['samples']> {
  const { rows } = await store.pool.query<{ difference: RowDifference; key: string }>(
    longStatement(
      `SELECT CASE WHEN was.hash IS NULL THEN 'missing' WHEN is_now.hash IS NULL THEN 'extra' ELSE 'changed' END
                AS difference, key
         FROM ${joined}
        WHERE was.hash IS DISTINCT FROM is_now.hash
        ORDER BY key LIMIT ${SAMPLES_MAX}`,
    ),
  );
  return rows;
}
