import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DependencyUnavailableError } from '@logbook/core';
import { CertificateAuthority, startPostgres, type PostgresService } from '@logbook/testing';
import { openStore, type Store } from './open-store.js';

describe('a PostgreSQL that speaks TLS', () => {
  let postgres: PostgresService;
  let directory: string;

  beforeAll(async () => {
    const [authority, stranger] = await Promise.all([
      CertificateAuthority.create('authority'),
      CertificateAuthority.create('stranger'),
    ]);
    directory = await mkdtemp(join(tmpdir(), 'logbook-tls-'));
    await chmod(directory, 0o755);
    await writeFile(join(directory, 'ca.pem'), authority.cert);
    await writeFile(join(directory, 'stranger.pem'), stranger.cert);
    postgres = await startPostgres({ tls: await authority.issue('server'), fsync: false });
  }, 60_000);
  afterAll(async () => {
    await postgres.stop();
    await rm(directory, { recursive: true });
  });

  const withStore = async <T>(url: string, action: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openStore({ kind: 'postgres', url });
    try {
      return await action(store);
    } finally {
      await store.close();
    }
  };
  const trusting = (file: string): string => `?sslmode=verify-full&sslrootcert=${join(directory, file)}`;
  const isEncrypted = async ({ pool }: Store): Promise<unknown> =>
    (await pool.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows[0];

  it('is spoken to over it, by the pool and by connections of their own', async () => {
    await withStore(postgres.url + trusting('ca.pem'), async (store) => {
      await expect(isEncrypted(store)).resolves.toEqual({ ssl: true });
      const client = store.dedicatedClient();
      await client.connect();
      const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      await client.end();
      expect(rows).toEqual([{ ssl: true }]);
    });
  });

  it('is told apart from one that is spoken to in plain', async () => {
    await expect(withStore(postgres.url, isEncrypted)).resolves.toEqual({ ssl: false });
  });

  it.each([
    ['another authority', (url: string) => url + trusting('stranger.pem')],
    ['no authority', (url: string) => `${url}?sslmode=verify-full`],
    [
      'a name its certificate does not have',
      (url: string) => url.replace('127.0.0.1', 'localhost') + trusting('ca.pem'),
    ],
  ])('is not spoken to with %s', async (_what, wrong) => {
    const pinging = withStore(wrong(postgres.url), (store) => store.ping());
    await expect(pinging).rejects.toThrow(DependencyUnavailableError);
    await expect(pinging).rejects.toThrow(/certificate|altnames/i);
  });
});
