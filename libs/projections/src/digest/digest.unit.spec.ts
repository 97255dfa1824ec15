import fc from 'fast-check';
import { FOLDS, tablesOf } from '../folds.js';
import { defineTable, optional, required } from '../table.js';
import { commonColumns, commonTables, digestColumns, digestedTables } from './digest-columns.js';
import { rowSha256 } from './row-hash.js';
import { combinedDigest, digestOfRows, tableDigest } from './table-digest.js';

const table = defineTable({
  name: 'calls',
  columns: {
    zoneName: required('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
    count: optional('int', 'counter'),
    logOffset: required('bigint', 'owned', 'position'),
    reason: required('text', 'owned', 'none'),
  },
  primaryKey: ['zoneName'],
  write: 'once',
});
const names = (columns: readonly { readonly name: string }[]) => columns.map(({ name }) => name);

describe('digestColumns', () => {
  it('gives the columns that count by their names in SQL', () => {
    expect(names(digestColumns(table, 'content'))).toEqual(['count', 'created_at', 'zone_name']);
    expect(names(digestColumns(table, 'position'))).toEqual(['count', 'created_at', 'log_offset', 'zone_name']);
  });

  it('leaves out a table of which no column counts', () => {
    const uncounted = { ...table, name: 'notes', columns: { reason: table.columns.reason } };
    expect([...digestedTables([table, uncounted], 'content').keys()]).toEqual(['calls']);
  });

  it('counts no column whose values have no canonical text', () => {
    for (const fold of FOLDS.values()) {
      for (const columns of digestedTables(tablesOf(fold), 'position').values()) {
        expect(columns.map(({ type }) => type)).not.toContain('jsonb');
      }
    }
  });
});

describe('commonColumns', () => {
  it('gives what counts in both, under one name and as one type', () => {
    const { count, createdAtMs, reason } = table.columns;
    const other = defineTable({
      name: 'calls',
      columns: { added: count, createdAtMs, count: required('text', 'owned'), zoneName: reason },
      primaryKey: ['createdAtMs'],
      write: 'once',
    });
    expect(names(commonColumns(table, other, 'position'))).toEqual(['created_at']);
    expect(names(commonColumns(other, table, 'position'))).toEqual(['created_at']);
  });

  it('leaves out a table that only one side has', () => {
    expect([...commonTables([table, { ...table, name: 'others' }], [table], 'content').keys()]).toEqual(['calls']);
  });
});

describe('rowSha256', () => {
  const columns = digestColumns(table, 'position');
  const row = { zoneName: '\u00e9', createdAtMs: 1, count: null, logOffset: 9, reason: 'x' };
  const hash = (changes: object = {}) => rowSha256('calls', columns, { ...row, ...changes }).toString('hex');

  it('never changes: digests of one release are compared with those of another', () => {
    // sha256sum of "5:calls5:count-10:created_at1:110:log_offset1:99:zone_name2:é" in UTF-8.
    expect(hash()).toBe('f2f41e9666aeb1b4278731c061d4e9d387929c3df81f149850046de28e7b63be');
  });

  it('tells null from any text, and a text from one that is framed', () => {
    const texts = ['', '-', '0:', '1:-', '\u00e9', 'e\u0301'].map((zoneName) => hash({ zoneName }));
    const counts = [null, 0, -1, 1].map((count) => hash({ count }));
    expect(new Set([...texts, ...counts]).size).toBe(9);
  });

  it('gives two tables different hashes of the same values', () => {
    expect(rowSha256('others', columns, row).toString('hex')).not.toBe(hash());
  });

  it('refuses numbers that a row cannot hold', () => {
    for (const count of [0.5, Number.NaN, 2 ** 53]) expect(() => hash({ count })).toThrow('whole number');
  });
});

describe('digestOfRows', () => {
  const columns = digestColumns(table, 'content');
  const rows = fc.array(fc.record({ zoneName: fc.string(), createdAtMs: fc.integer(), count: fc.option(fc.nat()) }), {
    maxLength: 8,
  });
  const digest = (of: readonly object[]) => digestOfRows('calls', columns, of as Record<string, unknown>[]);

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(
        rows.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => expect(digest(shuffled)).toEqual(digest(all)),
      ),
    );
  });

  it('counts a row that is there twice twice', () => {
    const row = { zoneName: 'z', createdAtMs: 1, count: 2 };
    expect(digest([row, row]).digest).not.toBe(digest([]).digest);
    expect(digest([row, row])).not.toEqual(digest([row]));
  });

  it('stays within 64 digits whatever is added, and takes signed sums for unsigned ones', () => {
    const many = digest(Array.from({ length: 100 }, (_, createdAtMs) => ({ zoneName: 'z', createdAtMs, count: null })));
    expect(many.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(tableDigest(1, [-1n, 2n ** 64n + 1n, 0n, -(2n ** 63n)]).digest).toBe(
      'f'.repeat(16) + '0000000000000001' + '0'.repeat(16) + '8000000000000000',
    );
  });
});

describe('combinedDigest', () => {
  it('changes with any table, and not with the order in which they were read', () => {
    const [one, two] = [tableDigest(1, [1n, 0n, 0n, 0n]), tableDigest(1, [2n, 0n, 0n, 0n])];
    const combined = combinedDigest(
      new Map([
        ['a', one],
        ['b', two],
      ]),
    );
    expect(combined).toMatch(/^[0-9a-f]{64}$/);
    expect(
      combinedDigest(
        new Map([
          ['b', two],
          ['a', one],
        ]),
      ),
    ).toBe(combined);
    expect(
      combinedDigest(
        new Map([
          ['a', two],
          ['b', one],
        ]),
      ),
    ).not.toBe(combined);
    expect(combinedDigest(new Map([['a', one]]))).not.toBe(combined);
    expect(
      combinedDigest(
        new Map([
          ['a', { ...one, rows: 2 }],
          ['b', two],
        ]),
      ),
    ).not.toBe(combined);
  });
});
