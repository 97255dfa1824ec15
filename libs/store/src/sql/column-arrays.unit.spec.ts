import { eventsTable, peopleTable, type PersonRow } from '@logbook/projections';
import { arrayLiteral, columnArrays } from './column-arrays.js';
import { createTableSql } from './ddl.js';
import { generationName, tableIn } from './identifiers.js';
import { upsertSql } from './upsert-rows.js';

const person = (personId: string, propertiesJson: string | null): PersonRow => ({
  personKey: '0198c0de-0000-8000-8000-000000000001',
  tenant: 'acme',
  personId,
  propertiesJson,
  createdAtMs: 1,
});

describe('columnArrays', () => {
  it('writes one array literal a column, nulls apart from the text NULL', () => {
    const [chunk] = [...columnArrays(peopleTable, [person('NULL', null), person('a"b\\c', '{}')])];
    expect(chunk?.literals).toEqual([
      '{0198c0de-0000-8000-8000-000000000001,0198c0de-0000-8000-8000-000000000001}',
      '{"acme","acme"}',
      '{"NULL","a\\"b\\\\c"}',
      '{NULL,"{}"}',
      '{"1970-01-01T00:00:00.001Z","1970-01-01T00:00:00.001Z"}',
    ]);
  });

  it('keeps a chunk below its bound, and gives a row over it a chunk of its own', () => {
    const rows = ['a', 'b', 'c', 'd'].map((id) => person(id, 'x'.repeat(id === 'c' ? 5_000 : 10)));
    const sizes = [...columnArrays(peopleTable, rows, 200)].map((chunk) => chunk.rows);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4);
    expect(sizes.length).toBeGreaterThan(1);
    expect([...columnArrays(peopleTable, rows, 1)].map((chunk) => chunk.rows)).toEqual([1, 1, 1, 1]);
  });

  it('gives nothing for no rows', () => {
    expect([...columnArrays(peopleTable, [])]).toEqual([]);
  });

  it('writes bytes in hexadecimal', () => {
    expect(arrayLiteral('bytes', [Buffer.from([0, 255])])).toBe('{"\\\\x00ff"}');
  });
});

describe('the SQL of a table', () => {
  it('names the primary key, leaves rows that are written once, and replaces the others', () => {
    expect(upsertSql('gen_1', eventsTable)).toMatch(/ON CONFLICT \("tenant", "event_id"\) DO NOTHING$/);
    expect(upsertSql('gen_1', peopleTable)).toBe(
      'INSERT INTO "gen_1"."people" ("person_key", "tenant", "person_id", "properties_json", "created_at") ' +
        'SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz(3)[]) ' +
        'AS incoming ("person_key", "tenant", "person_id", "properties_json", "created_at") ' +
        'ON CONFLICT ("person_key") DO UPDATE SET "tenant" = excluded."tenant", "person_id" = excluded."person_id", ' +
        '"properties_json" = excluded."properties_json", "created_at" = excluded."created_at"',
    );
  });

  it('creates the table with its constraints, and its indexes', () => {
    expect(createTableSql('gen_1', peopleTable)).toEqual([
      'CREATE TABLE "gen_1"."people" ("person_key" uuid NOT NULL, "tenant" text NOT NULL, "person_id" text NOT NULL, ' +
        '"properties_json" text, "created_at" timestamptz(3) NOT NULL, PRIMARY KEY ("person_key")) WITH (fillfactor = 100)',
      'CREATE INDEX ON "gen_1"."people" ("tenant", "created_at")',
    ]);
  });

  it('refuses a schema that is not the name of a generation', () => {
    expect(() => generationName('gen_0')).toThrow('not the name of a generation');
    expect(() => tableIn('gen_1"; DROP SCHEMA ops', 'events')).toThrow('not the name of a generation');
  });
});
