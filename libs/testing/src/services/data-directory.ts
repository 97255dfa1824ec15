import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where a server keeps its data. */
export interface DataDirectory {
  readonly path: string;
  /** Whether the data outlives the service. */
  readonly kept: boolean;
  /** Removes a temporary directory; leaves a kept one. */
  dispose(): Promise<void>;
}

/** `<parent>/<name>`, kept; without a parent a new temporary directory, removed in the end. */
export async function openDataDirectory(name: string, parent: string | undefined): Promise<DataDirectory> {
  if (parent !== undefined) {
    const path = resolve(parent, name);
    await mkdir(path, { recursive: true });
    return { path, kept: true, dispose: async () => undefined };
  }
  const path = await mkdtemp(join(tmpdir(), `logbook-${name}-`));
  // mkdtemp makes it 0700; a server that drops root could not enter.
  await chmod(path, 0o755);
  const removal = { recursive: true, force: true, maxRetries: 5 };
  const removeOnExit = (): void => rmSync(path, removal);
  process.once('exit', removeOnExit);
  const dispose = async (): Promise<void> => {
    process.removeListener('exit', removeOnExit);
    await rm(path, removal);
  };
  return { path, kept: false, dispose };
}

/** Gives what `use` makes of the data directory; if it fails, nothing temporary is left. */
export async function withDataDirectory<T>(
  name: string,
  parent: string | undefined,
  use: (data: DataDirectory) => Promise<T>,
): Promise<T> {
  const data = await openDataDirectory(name, parent);
  try {
    return await use(data);
  } catch (error) {
    await data.dispose();
    throw error;
  }
}
