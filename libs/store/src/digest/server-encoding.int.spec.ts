import { rowSha256, type DigestColumn } from '@logbook/projections';
import { createDatabase, uniqueName, type OwnDatabase } from '@logbook/testing';
import pg from 'pg';
import { rowHashSql } from './row-hash-sql.js';

const serverUrl = process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '';

describe('rowHashSql in a database that does not keep UTF-8', () => {
  let database: OwnDatabase;

  beforeAll(async () => {
    const options = `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`;
    database = await createDatabase(serverUrl, uniqueName('latin1').replaceAll('-', '_'), options);
  });
  afterAll(() => database.drop());

  it('counts and hashes octets of UTF-8', async () => {
    const columns: readonly DigestColumn[] = [{ property: 'name', name: 'name', type: 'text' }];
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client
      .query(`SELECT ${rowHashSql('t', columns, 'x')} AS sha256 FROM (SELECT $1::text AS name) x`, ['\u00e9\u00fc'])
      .finally(() => client.end());
    expect(rows).toEqual([{ sha256: rowSha256('t', columns, { name: '\u00e9\u00fc' }) }]);
  });
});
