import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readClientSettings, readTestServices } from './client-settings.js';

describe('the settings of a client', () => {
  const dir = mkdtempSync(join(tmpdir(), 'logbook-client-'));
  afterAll(() => rmSync(dir, { recursive: true }));

  it('name the local server and no key where nothing is set', () => {
    expect(readClientSettings({ LOGBOOK_DATA_DIR: dir })).toEqual({
      url: 'http://127.0.0.1:8080',
      apiKey: null,
      apiKeyFile: join(dir, 'api-key'),
    });
  });

  it('take the key that a first start kept, unless one is set', () => {
    writeFileSync(join(dir, 'api-key'), 'kept\n');
    expect(readClientSettings({ LOGBOOK_DATA_DIR: dir }).apiKey).toBe('kept');
    expect(readClientSettings({ LOGBOOK_DATA_DIR: dir, LOGBOOK_API_KEY: 'set' }).apiKey).toBe('set');
  });

  it('drop the slashes at the end of the address', () => {
    expect(readClientSettings({ LOGBOOK_URL: 'https://logbook.example.com//' }).url).toBe(
      'https://logbook.example.com',
    );
  });
});

it('a test without its servers fails and names the missing variable', () => {
  expect(() => readTestServices({ LOGBOOK_TEST_KAFKA_BROKERS: '127.0.0.1:1' })).toThrow(/LOGBOOK_TEST_DATABASE_URL/);
});
