import { CURRENT_FOLD_VERSION, FOLD_1, FOLDS, tablesOf } from './folds.js';
import { columnName } from './table.js';

describe('FOLDS', () => {
  it('holds the current fold under its own version', () => {
    expect(FOLDS.get(CURRENT_FOLD_VERSION)?.version).toBe(CURRENT_FOLD_VERSION);
  });

  it('names every table once', () => {
    const names = tablesOf(FOLD_1).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(tablesOf(FOLD_1).map((table) => [table.name, table] as const))('%s names only columns it has', (_, table) => {
    const named = [...table.primaryKey, ...table.uniques.flat(), ...table.indexes.flatMap(({ columns }) => columns)];
    for (const name of named) expect(Object.keys(table.columns)).toContain(name);
    expect(table.primaryKey.some((name) => table.columns[name]?.nullable)).toBe(false);
  });

  it('writes names of columns as SQL does, times without a unit', () => {
    expect(columnName('lastEventAtMs', FOLD_1.tables.sessions.columns.lastEventAtMs)).toBe('last_event_at');
    expect(columnName('lastSha256', FOLD_1.tables.checkpoints.columns.lastSha256)).toBe('last_sha256');
  });
});
