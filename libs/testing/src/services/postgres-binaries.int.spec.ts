import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { othersCanEnter, postgresFolder } from './postgres-binaries.js';
import { runProgram } from './run-program.js';

describe('the PostgreSQL binaries', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'logbook-binaries-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are seen to be out of reach for others below a 0700 directory', async () => {
    const below = join(folder, 'below');
    await mkdir(below, { mode: 0o755 });
    await expect(othersCanEnter(below)).resolves.toBe(false);
    await chmod(folder, 0o755);
    await expect(othersCanEnter(below)).resolves.toBe(true);
  });

  it('run from a copy where the installed ones cannot be entered, links included', async () => {
    const spare = join(folder, 'spare');
    const nobody = { uid: 65_534, gid: 65_534 };
    const installed = await postgresFolder(spare, nobody);
    const checkout = join(folder, 'checkout', 'native');
    await cp(installed, checkout, { recursive: true, verbatimSymlinks: true });
    await rm(join(checkout, 'lib', 'libpq.so.5'));
    const copy = await postgresFolder(spare, nobody, checkout);
    expect(copy).toBe(join(spare, 'native'));
    expect(existsSync(join(copy, 'lib', 'libpq.so.5'))).toBe(true);
    const printed = await runProgram(join(copy, 'bin', 'initdb'), ['--version'], { timeoutMs: 10_000, missing: '' });
    expect(printed).toContain('PostgreSQL) 18');
  });
});
