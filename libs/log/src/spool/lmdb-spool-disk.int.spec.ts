import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LmdbSpoolDisk } from './lmdb-spool-disk.js';
import { describeSpoolDiskContract } from './spool-disk.contract.js';

describeSpoolDiskContract('LMDB', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'logbook-spool-disk-'));
  return { claim: () => LmdbSpoolDisk.claim(dir), release: () => rm(dir, { recursive: true }) };
});
