import {
  columnName,
  commonTables,
  CURRENT_FOLD_VERSION,
  digestColumns,
  digestedTables,
  digestOfRows,
  FOLDS,
  tablesOf,
  type DigestKind,
  type Fold,
  type Table,
} from '@logbook/projections';
import { emptyDatabase, LOG_ID, NOTHING, type OpenedStore } from '../contract-fixtures.contract.js';
import { createGeneration } from '../generations/create-generation.js';
import { arrayLiteral } from '../sql/column-arrays.js';
import { SQL_TYPES } from '../sql/ddl.js';
import { quoted, tableIn } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { readDigests } from './read-digests.js';
import { otherValues, sampleRow, type SampleRow } from './sample-rows.contract.js';

const KINDS: readonly DigestKind[] = ['content', 'position'];

/** Rows as a digest counts them: SQL is compared with pure code. */
export function describeDigests(opened: OpenedStore): void {
  describe('digests', () => {
    /** A generation, empty, of each fold: `gen_<version>`. */
    beforeAll(async () => {
      await emptyDatabase(opened());
      for (const foldVersion of FOLDS.keys()) {
        const generation = { name: `gen_${foldVersion}`, foldVersion } as const;
        await inTransaction(opened().pool, async (client) => {
          await createGeneration(client, { generation, logId: LOG_ID, logEnds: NOTHING });
          await client.query(`DELETE FROM ${tableIn(generation.name, 'generation')}`);
        });
      }
    });

    const write = (generation: string, table: Table, rows: readonly SampleRow[]) =>
      inTransaction(opened().pool, (client) => upsertRows(client, generation, table, rows));
    const empty = (generation: string, table: Table) =>
      opened().pool.query(`DELETE FROM ${tableIn(generation, table.name)}`);

    describe.each([...FOLDS.values()].map((fold) => [fold.version, fold] as const))('of fold %d', (version, fold) => {
      const generation = `gen_${version}`;
      const digestsOf = async (table: Table) => {
        const read = async (kind: DigestKind) => {
          const counted = digestedTables([table], kind);
          return (await readDigests(opened().pool, generation, fold, { kind, tables: counted })).get(table.name);
        };
        return { content: await read('content'), position: await read('position') };
      };
      const pureDigestsOf = (table: Table, rows: readonly SampleRow[]) =>
        Object.fromEntries(
          KINDS.map((kind) => {
            const columns = digestColumns(table, kind);
            return [kind, columns.length === 0 ? undefined : digestOfRows(table.name, columns, rows)];
          }),
        );
      const tables = ownTablesOf(fold).map((table) => [table.name, table] as const);

      describe.each(tables)('%s', (_, table) => {
        const rows = [sampleRow(table, 100), sampleRow(table, 200), sampleRow(table, 300)] as const;

        beforeEach(async () => {
          await empty(generation, table);
          await write(generation, table, rows);
        });
        afterAll(() => empty(generation, table));

        it('has the digests that pure code gives its rows', async () => {
          expect(await digestsOf(table)).toEqual(pureDigestsOf(table, rows));
        });

        it.each(Object.keys(table.columns))(
          'a changed %s changes the digests that count it, and no other',
          async (property) => {
            const before = await digestsOf(table);
            const { digest } = table.columns[property]!;
            for (const value of otherValues(table, property, rows[1])) {
              await change(generation, table, { row: rows[1], property, value });
              const after = await digestsOf(table);
              expect(after.content?.digest === before.content?.digest).toBe(digest !== 'content');
              expect(after.position?.digest === before.position?.digest).toBe(digest === 'none');
              const changed = { ...rows[1], [property]: value };
              expect(after).toEqual(pureDigestsOf(table, [rows[0], changed, rows[2]]));
              await change(generation, table, { row: changed, property, value: rows[1][property] });
            }
          },
        );

        it('a missing and an extra row change them, and the order of rows does not', async () => {
          const before = await digestsOf(table);
          await empty(generation, table);
          await write(generation, table, [rows[2], rows[0]]);
          const missing = await digestsOf(table);
          await write(generation, table, [rows[1]]);
          expect(await digestsOf(table)).toEqual(before);
          await write(generation, table, [sampleRow(table, 400)]);
          const extra = await digestsOf(table);
          for (const kind of KINDS.filter((counted) => before[counted] !== undefined)) {
            expect(new Set([before[kind], missing[kind], extra[kind]].map((one) => one?.digest)).size).toBe(3);
            expect([missing[kind]?.rows, before[kind]?.rows, extra[kind]?.rows]).toEqual([2, 3, 4]);
          }
        });
      });

      const swapped = tables.filter(([, table]) => digestColumns(table, 'content').length > 1);
      it.each(swapped)('%s: values swapped between two rows change the digests', async (_, table) => {
        const [left, right] = [sampleRow(table, 100), sampleRow(table, 200)];
        for (const { property } of digestColumns(table, 'content')) {
          await empty(generation, table);
          await write(generation, table, [left, right]);
          const before = await digestsOf(table);
          await empty(generation, table);
          await write(generation, table, [
            { ...left, [property]: right[property] },
            { ...right, [property]: left[property] },
          ]);
          const after = await digestsOf(table);
          expect({ property, same: after.content?.digest === before.content?.digest }).toEqual({
            property,
            // Two booleans of the samples may be equal, and swapping them changes nothing.
            same: left[property] === right[property],
          });
          expect(after.position?.digest === before.position?.digest).toBe(left[property] === right[property]);
        }
        await empty(generation, table);
      });
    });

    it('compares generations of two folds by the columns that both have', async () => {
      const [[leftVersion, left], [rightVersion, right]] = [[...FOLDS][0]!, [...FOLDS].at(-1)!];
      const counted = commonTables(tablesOf(left), tablesOf(right), 'content');
      for (const [version, fold] of FOLDS) {
        for (const table of tablesOf(fold)) {
          await empty(`gen_${version}`, table);
          // By name, so that a column which one fold has more does not shift the values of the others.
          const row = Object.fromEntries(
            Object.keys(table.columns).map((property) => [property, named(table, property)]),
          );
          await write(`gen_${version}`, table, [row]);
        }
      }
      const read = (version: number, fold: Fold) =>
        readDigests(opened().pool, `gen_${version}`, fold, { kind: 'content', tables: counted });
      expect(await read(leftVersion, left)).toEqual(await read(rightVersion, right));
      expect((await read(leftVersion, left)).get('sessions')?.rows).toBe(1);
      const current = FOLDS.get(CURRENT_FOLD_VERSION)!;
      const whole = await readDigests(opened().pool, `gen_${CURRENT_FOLD_VERSION}`, current, { kind: 'content' });
      expect([...whole.keys()]).toEqual([
        'agent_versions',
        'agents',
        'dead_letters',
        'events',
        'fingerprints',
        'people',
        'sessions',
      ]);
      for (const [version, fold] of FOLDS) for (const table of tablesOf(fold)) await empty(`gen_${version}`, table);
    });

    async function change(
      generation: string,
      table: Table,
      { row, property, value }: { readonly row: SampleRow; readonly property: string; readonly value: unknown },
    ): Promise<void> {
      const set = (name: string, index: number) => {
        const column = table.columns[name]!;
        return `${quoted(columnName(name, column))} = ($${index}::${SQL_TYPES[column.type]}[])[1]`;
      };
      const one = (name: string, of: unknown) =>
        of === null ? '{NULL}' : arrayLiteral(table.columns[name]!.type, [of]);
      const { rowCount } = await opened().pool.query(
        `UPDATE ${tableIn(generation, table.name)} SET ${set(property, 1)}
          WHERE ${table.primaryKey.map((name, index) => set(name, index + 2)).join(' AND ')}`,
        [one(property, value), ...table.primaryKey.map((name) => one(name, row[name]))],
      );
      expect(rowCount).toBe(1);
    }
  });
}

/** The tables of a fold that no fold before it has as they are. */
function ownTablesOf(fold: Fold): readonly Table[] {
  const before = [...FOLDS.values()].filter(({ version }) => version < fold.version);
  return tablesOf(fold).filter((table) => !before.some((earlier) => tablesOf(earlier).includes(table)));
}

/** A value for a column that depends on its name and type alone. */
function named(table: Table, property: string): unknown {
  const { type } = table.columns[property]!;
  const only: Table = { ...table, columns: { [property]: table.columns[property]! } };
  return sampleRow(only, type === 'text' ? property.length : 1)[property];
}
