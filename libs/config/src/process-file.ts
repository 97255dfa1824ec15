import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';

/** What a file says of the process that holds it. */
export interface HoldingProcess {
  readonly pid: number;
  /** Ticks since boot at which that process started, where the system tells: a process id alone may be somebody else's by now. */
  readonly startedTicks: string | null;
}

export const thisProcess = (): HoldingProcess => ({ pid: process.pid, startedTicks: startedTicksOf(process.pid) });

/**
 * Makes `path` the file of this process, with `contents`, unless a running process holds it: then that one is the answer.
 * A file that a dead process left is taken over.
 */
export function claimFile<T extends HoldingProcess>(path: string, contents: T): T | undefined {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(contents));
  try {
    for (;;) {
      try {
        linkSync(mine, path);
        return undefined;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const other = readHolder<T>(path);
      if (other !== undefined) return other;
      rmSync(path, { force: true });
    }
  } finally {
    unlinkSync(mine);
  }
}

/** What a file says, if the process that wrote it still runs. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names what its kind of file holds
export function readHolder<T extends HoldingProcess>(path: string): T | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    const holder = JSON.parse(text) as T;
    return isRunning(holder) ? holder : undefined;
  } catch {
    // A file cut off by a crash names nobody.
    return undefined;
  }
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isRunning(holder: HoldingProcess): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return holder.startedTicks === startedTicksOf(holder.pid);
}

/** Field 22 of /proc/<pid>/stat (proc(5)); `null` where there is no /proc. */
function startedTicksOf(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === undefined) return null;
  // The second field is the program's name in parentheses and may hold anything, so count from its end.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
