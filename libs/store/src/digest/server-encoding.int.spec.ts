import { randomBytes } from 'node:crypto';
import { rowSha256, type DigestColumn } from '@logbook/projections';
import pg from 'pg';
import { rowHashSql } from './row-hash-sql.js';

const serverUrl = process.env['LOGBOOK_TEST_DATABASE_URL'] ?? '';
const database = `logbook_latin1_${randomBytes(5).toString('hex')}`;

async function connected<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  return use(client).finally(() => client.end());
}

describe('rowHashSql in a database that does not keep UTF-8', () => {
  const onServer = (statement: string) => connected(serverUrl, (client) => client.query(statement));

  beforeAll(() =>
    onServer(`CREATE DATABASE ${database} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`),
  );
  afterAll(() => onServer(`DROP DATABASE ${database} WITH (FORCE)`));

  it('counts and hashes octets of UTF-8', async () => {
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    const columns: readonly DigestColumn[] = [{ property: 'name', name: 'name', type: 'text' }];
    const { rows } = await connected(url.href, (client) =>
      client.query(`SELECT ${rowHashSql('t', columns, 'x')} AS sha256 FROM (SELECT $1::text AS name) x`, [
        '\u00e9\u00fc',
      ]),
    );
    expect(rows).toEqual([{ sha256: rowSha256('t', columns, { name: '\u00e9\u00fc' }) }]);
  });
});
