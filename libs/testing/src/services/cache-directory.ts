import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Downloaded servers, shared by every run of this checkout; safe to delete. */
const CACHE_DIRECTORY = fileURLToPath(new URL('../../../../.cache/', import.meta.url));

/**
 * The folder `name` of the cache, filled by `fill` if it is not there.
 * It appears whole or not at all, however many processes fill it at once.
 */
export async function cachedFolder(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE_DIRECTORY, name);
  if (existsSync(folder)) return folder;
  await mkdir(CACHE_DIRECTORY, { recursive: true });
  const unfinished = await mkdtemp(join(CACHE_DIRECTORY, `.${name}-`));
  try {
    await fill(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      // Another process was first, and its folder is as good as ours.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}
