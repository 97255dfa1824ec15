import { rm } from 'node:fs/promises';
import type { LogId } from '@logbook/contracts';
import { SpoolDirectories, syncDirectory } from './spool-directories.js';
import type { SpoolDisk, SpoolQueue } from './spool-disk.js';
import { SpoolStore } from './spool-store.js';

/** Directories with an LMDB environment each, and a lock that ends with its process. */
export class LmdbSpoolDisk implements SpoolDisk {
  private constructor(private readonly directories: SpoolDirectories) {}

  static async claim(root: string): Promise<LmdbSpoolDisk> {
    return new LmdbSpoolDisk(await SpoolDirectories.claim(root));
  }

  async *adopt(): AsyncGenerator<SpoolQueue> {
    for (const dir of await this.directories.adopt()) {
      const store = SpoolStore.openExisting(dir);
      if (store === undefined) await removeDirectory(dir);
      else yield store;
    }
  }

  async create(logId: LogId): Promise<SpoolQueue> {
    const dir = await this.directories.make();
    const store = await SpoolStore.create(dir, logId);
    try {
      await syncDirectory(dir);
      await this.directories.sync();
    } catch (error) {
      await store.close();
      throw error;
    }
    return store;
  }

  async discard(queue: SpoolQueue): Promise<void> {
    await queue.close();
    await removeDirectory(queue.name);
  }

  release(): Promise<void> {
    return this.directories.release();
  }
}

const removeDirectory = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true });
