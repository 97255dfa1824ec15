import { defineTable, digestColumns, optional, required, rowSha256 } from '@logbook/projections';
import fc from 'fast-check';
import { emptyDatabase, type OpenedStore } from '../contract-fixtures.contract.js';
import { createTableSql } from '../sql/ddl.js';
import { tableIn } from '../sql/identifiers.js';
import { inTransaction } from '../sql/transaction.js';
import { upsertRows } from '../sql/upsert-rows.js';
import { rowHashSql } from './row-hash-sql.js';
import type { SampleRow } from './sample-rows.contract.js';

/** One column of each type that a digest can count. */
const everyType = defineTable({
  name: 'every_type',
  columns: {
    number: required('int', 'owned'),
    someText: optional('text', 'owned'),
    someUuid: optional('uuid', 'owned'),
    someInt: optional('int', 'owned'),
    someBigint: optional('bigint', 'owned'),
    someTimeMs: optional('timestamp', 'owned'),
    someBytes: optional('bytes', 'owned'),
    someBoolean: optional('boolean', 'owned'),
  },
  primaryKey: ['number'],
  write: 'replace',
});

const NONE = {
  someText: null,
  someUuid: null,
  someInt: null,
  someBigint: null,
  someTimeMs: null,
  someBytes: null,
  someBoolean: null,
};

const HARD_VALUES: readonly SampleRow[] = [
  NONE,
  ...['', '-', '0:', '\\', "'", '"', '\\x00', '\\u0000', '12:somebigint', 'NULL', 'é', '\u{1f600}', 'a\u0301'].map(
    (someText) => ({ ...NONE, someText }),
  ),
  ...['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'].map((someUuid) => ({
    ...NONE,
    someUuid,
  })),
  ...[0, -1, 2 ** 31 - 1, -(2 ** 31)].map((someInt) => ({ ...NONE, someInt })),
  ...[0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].map((someBigint) => ({ ...NONE, someBigint })),
  ...['0001-01-01T00:00:00.000Z', '0099-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.001Z']
    .concat('1883-11-18T12:03:57.500Z', '2026-07-01T00:00:00.120Z', '9999-12-31T23:59:59.999Z')
    .map((time) => ({ ...NONE, someTimeMs: Date.parse(time) })),
  ...['', '00', '00ff', '5c78', '2d'].map((hex) => ({ ...NONE, someBytes: Buffer.from(hex, 'hex') })),
  ...[true, false].map((someBoolean) => ({ ...NONE, someBoolean })),
];

const OTHER_SETTINGS = [
  `TimeZone = 'Pacific/Apia'`,
  `TimeZone = 'America/New_York'`,
  `DateStyle = 'German, DMY'`,
  `bytea_output = 'escape'`,
  'extra_float_digits = -15',
  `standard_conforming_strings = off`,
  `lc_numeric = 'C'`,
];

export function describeRowHash(opened: OpenedStore): void {
  describe('rowHashSql', () => {
    const columns = digestColumns(everyType, 'content');
    const sql =
      `SELECT x.number, encode(${rowHashSql(everyType.name, columns, 'x')}, 'hex') AS sha256 ` +
      `FROM ${tableIn('gen_1', everyType.name)} x ORDER BY number`;
    const expected = (rows: readonly SampleRow[]) =>
      rows.map((row, number) => ({
        number,
        sha256: rowSha256(everyType.name, columns, { ...row, number }).toString('hex'),
      }));

    const empty = () => opened().pool.query(`DELETE FROM ${tableIn('gen_1', everyType.name)}`);
    const write = (rows: readonly SampleRow[]) =>
      inTransaction(opened().pool, (client) =>
        upsertRows(
          client,
          'gen_1',
          everyType,
          rows.map((row, number) => ({ ...row, number })),
        ),
      );

    beforeAll(async () => {
      await emptyDatabase(opened());
      await opened().pool.query('CREATE SCHEMA gen_1');
      for (const statement of createTableSql('gen_1', everyType)) await opened().pool.query(statement);
    });
    beforeEach(empty);

    it('gives what pure code gives, on values that are easily mistaken', async () => {
      await write(HARD_VALUES);
      expect((await opened().pool.query(sql)).rows).toEqual(expected(HARD_VALUES));
      expect(new Set(expected(HARD_VALUES).map(({ sha256 }) => sha256)).size).toBe(HARD_VALUES.length);
    });

    it('gives the same whatever the settings of the session', async () => {
      await write(HARD_VALUES);
      for (const setting of OTHER_SETTINGS) {
        const rows = await inTransaction(opened().pool, async (client) => {
          await client.query(`SET LOCAL ${setting}`);
          return (await client.query(sql)).rows as unknown;
        });
        expect({ setting, rows }).toEqual({ setting, rows: expected(HARD_VALUES) });
      }
    });

    it('gives what pure code gives on any values', async () => {
      const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', '').toWellFormed());
      const anyRow = fc.record({
        someText: fc.option(text),
        someUuid: fc.option(fc.uuid()),
        someInt: fc.option(fc.integer()),
        someBigint: fc.option(fc.maxSafeInteger()),
        someTimeMs: fc.option(
          fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') }),
        ),
        someBytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
        someBoolean: fc.option(fc.boolean()),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(anyRow, { minLength: 1, maxLength: 50 }), async (rows) => {
          await empty();
          await write(rows);
          expect((await opened().pool.query(sql)).rows).toEqual(expected(rows));
        }),
        { numRuns: 20 },
      );
    });
  });
}
