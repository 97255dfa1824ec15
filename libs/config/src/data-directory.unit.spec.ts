import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logId } from '@logbook/contracts';
import { DataDirectory, readOwner } from './data-directory.js';

const newDir = () => join(mkdtempSync(join(tmpdir(), 'logbook-')), 'data');

describe('DataDirectory', () => {
  it('makes the directory, claims it, and frees it', () => {
    const dir = newDir();
    const claimed = DataDirectory.claim(dir);
    expect(readOwner(dir)?.pid).toBe(process.pid);
    claimed.release();
    expect(readOwner(dir)).toBeUndefined();
  });

  it('refuses a directory that a running process owns, naming it', () => {
    const dir = newDir();
    DataDirectory.claim(dir);
    expect(() => DataDirectory.claim(dir)).toThrow(`${dir} is in use by process ${process.pid}`);
  });

  it.each([
    ['a process that ended', JSON.stringify({ pid: 2 ** 30, startedTicks: null, databaseUrl: null })],
    [
      'a process whose id is used by another now',
      JSON.stringify({ pid: process.pid, startedTicks: '1', databaseUrl: null }),
    ],
    ['nobody, being cut off', '{"pid":'],
  ])('takes over a directory whose owner file names %s', (_, text) => {
    const dir = newDir();
    DataDirectory.claim(dir).release();
    writeFileSync(join(dir, 'owner.json'), text);
    DataDirectory.claim(dir);
    expect(readOwner(dir)?.pid).toBe(process.pid);
  });

  it('tells where its Postgres listens', () => {
    const dir = newDir();
    DataDirectory.claim(dir).publish({ url: 'postgres://localhost:1/x' });
    expect(readOwner(dir)?.databaseUrl).toBe('postgres://localhost:1/x');
  });

  it('stays with its log and refuses another', () => {
    const directory = DataDirectory.claim(newDir());
    directory.bind(logId('one'));
    directory.bind(logId('one'));
    expect(() => directory.bind(logId('two'))).toThrow(/belongs to log one, but this is log two/);
  });

  it('keeps the key readable by its user alone', () => {
    const dir = newDir();
    const directory = DataDirectory.claim(dir);
    expect(directory.apiKey()).toBeUndefined();
    directory.keepApiKey('secret');
    expect(directory.apiKey()).toBe('secret');
    expect(statSync(join(dir, 'api-key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, 'api-key'), 'utf8')).toBe('secret\n');
  });
});
