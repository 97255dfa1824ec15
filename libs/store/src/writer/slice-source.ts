import type { FoldTables } from '@logbook/projections';

/** Where the rows that a fold sees come from: a generation, by the tables of the fold that made it. */
export interface SliceSource {
  readonly generation: string;
  readonly tables: FoldTables;
}
