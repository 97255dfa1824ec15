import { FOLD_1 } from './fold-1/fold.js';
import { CURRENT_FOLD, CURRENT_FOLD_VERSION, FOLDS, tablesOf } from './folds.js';
import { columnName, type Columns } from './table.js';

describe('FOLDS', () => {
  it('holds the current fold and the one before, each under its own version', () => {
    expect([...FOLDS.keys()]).toEqual([CURRENT_FOLD_VERSION - 1, CURRENT_FOLD_VERSION]);
    for (const [version, fold] of FOLDS) expect(fold.version).toBe(version);
    expect(FOLDS.get(CURRENT_FOLD_VERSION)).toBe(CURRENT_FOLD);
  });

  it.each([...FOLDS.values()].map((fold) => [fold.version, fold] as const))(
    'names every table of fold %d once',
    (_, fold) => {
      const names = tablesOf(fold).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    },
  );

  const tables = [...FOLDS.values()].flatMap((fold) =>
    tablesOf(fold).map((table) => [table.name, fold.version, table] as const),
  );
  it.each(tables)('%s of fold %d names only columns it has', (_name, _version, table) => {
    const named = [...table.primaryKey, ...table.uniques.flat(), ...table.indexes.flatMap(({ columns }) => columns)];
    for (const name of named) expect(Object.keys(table.columns)).toContain(name);
    expect(table.primaryKey.some((name) => table.columns[name]?.nullable)).toBe(false);
  });

  it('lets readers of the current fold be given rows of the one before: what those lack may be null', () => {
    for (const fold of FOLDS.values()) {
      for (const name of Object.keys(CURRENT_FOLD.tables) as (keyof typeof CURRENT_FOLD.tables)[]) {
        const columns: Columns = CURRENT_FOLD.tables[name].columns;
        const lacking = Object.keys(columns).filter((property) => !(property in fold.tables[name].columns));
        for (const property of lacking)
          expect([name, property, columns[property]?.nullable]).toEqual([name, property, true]);
        expect(fold.tables[name].name).toBe(CURRENT_FOLD.tables[name].name);
      }
    }
  });

  it('writes names of columns as SQL does, times without a unit', () => {
    expect(columnName('lastEventAtMs', FOLD_1.tables.sessions.columns.lastEventAtMs)).toBe('last_event_at');
    expect(columnName('lastSha256', FOLD_1.tables.checkpoints.columns.lastSha256)).toBe('last_sha256');
  });
});
