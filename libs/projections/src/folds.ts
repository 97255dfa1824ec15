import { FOLD_1 } from './fold-1/fold.js';
import { FOLD_2 } from './fold-2/fold.js';
import type { Fold } from './fold.js';
import type { Table } from './table.js';

/** What new generations are made by, and whose rows readers are given. */
export const CURRENT_FOLD = FOLD_2;
export const CURRENT_FOLD_VERSION = CURRENT_FOLD.version;

/** Every fold this release carries, by version: the current one and the one before. */
export const FOLDS: ReadonlyMap<number, Fold> = new Map<number, Fold>([
  [FOLD_1.version, FOLD_1],
  [FOLD_2.version, FOLD_2],
]);

/** The tables a fold fills, in the order of their names. */
export function tablesOf(fold: Fold): readonly Table[] {
  return Object.values<Table>({ ...fold.tables }).sort((left, right) => (left.name < right.name ? -1 : 1));
}
