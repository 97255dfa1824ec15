import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newMessageId } from '@logbook/contracts';
import { type LockHolder, lockHolder, ProcessLock } from './process-lock.js';

const LOCK_SUFFIX = '.lock';

/** A spool directory and the process it belongs to. Its name is `<owner>.<number>`, its owner's lock `<owner>.lock`. */
export interface FoundSpool {
  readonly name: string;
  readonly dir: string;
  readonly owner: LockHolder;
}

/** The spool directories under `root`, oldest owner first. */
export async function findSpools(root: string): Promise<FoundSpool[]> {
  // Directories are listed before their owners are asked: an owner makes its directories when it holds its lock.
  const names = (await namesIn(root)).filter((name) => /^[0-9a-f-]{36}\.\d+$/.test(name)).sort();
  const found: FoundSpool[] = [];
  for (const name of names) {
    const owner = await lockHolder(join(root, name.slice(0, name.indexOf('.')) + LOCK_SUFFIX));
    found.push({ name, dir: join(root, name), owner });
  }
  return found;
}

/** What one process has under `root`: a lock, and directories that bear its name. */
export class SpoolDirectories {
  private count = 0;

  private constructor(
    private readonly root: string,
    private readonly owner: string,
    private readonly lock: ProcessLock,
  ) {}

  static async claim(root: string): Promise<SpoolDirectories> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const owner = newMessageId();
    return new SpoolDirectories(root, owner, await ProcessLock.hold(join(root, owner + LOCK_SUFFIX)));
  }

  /** Makes a directory. */
  async make(): Promise<string> {
    const dir = this.nextDir();
    await mkdir(dir, { mode: 0o700 });
    return dir;
  }

  /**
   * Takes over every directory whose owner is gone, and returns them, those of the oldest owner first. A directory is
   * taken by giving it this process's name in one step, so of several processes that try one succeeds. An owner that is
   * gone does not come back: no process takes the name of another.
   */
  async adopt(): Promise<string[]> {
    const adopted: string[] = [];
    for (const { name, dir, owner } of await findSpools(this.root)) {
      if (owner.state === 'RUNNING') continue;
      const mine = this.nextDir();
      if (await renamed(dir, mine)) adopted.push(mine);
      await rm(join(this.root, name.slice(0, name.indexOf('.')) + LOCK_SUFFIX), { force: true });
    }
    await this.sync();
    return adopted;
  }

  /** Makes what was created and renamed survive the loss of power. */
  async sync(): Promise<void> {
    await syncDirectory(this.root);
  }

  release(): Promise<void> {
    return this.lock.release();
  }

  private nextDir(): string {
    this.count += 1;
    return join(this.root, `${this.owner}.${this.count}`);
  }
}

/** A file's own fsync does not cover the entry of its directory that names it. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function namesIn(root: string): Promise<string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
