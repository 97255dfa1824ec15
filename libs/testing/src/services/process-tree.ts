import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Dead, and only waiting for its parent to ask how it ended. */
  readonly zombie: boolean;
}

/** A process and everything it started, parents first; without zombies. */
export async function processTree(root: number): Promise<number[]> {
  const living = (await processTable()).filter((entry) => !entry.zombie);
  const tree = living.filter((entry) => entry.pid === root).map((entry) => entry.pid);
  for (const pid of tree) {
    tree.push(...living.filter((entry) => entry.parent === pid).map((entry) => entry.pid));
  }
  return tree;
}

/** Which of these processes still run. */
export async function livingOf(pids: readonly number[]): Promise<number[]> {
  const living = new Set((await processTable()).filter((entry) => !entry.zombie).map((entry) => entry.pid));
  return pids.filter((pid) => living.has(pid));
}

/** Sends a signal to each; one that has ended meanwhile is what was wanted. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Slim images have no `ps`, other systems no `/proc`. */
async function processTable(): Promise<ProcessEntry[]> {
  return platform() === 'linux' ? await readProc() : await runPs();
}

async function readProc(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)));
  return stats.filter((stat) => stat !== undefined).map(parseStat);
}

/** `pid (name) state parent …`; the name may hold spaces and parentheses. Source: proc_pid_stat(5). */
function parseStat(stat: string): ProcessEntry {
  const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), zombie: state === 'Z' || state === 'X' };
}

async function runPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, parent, state]) => ({
      pid: Number(pid),
      parent: Number(parent),
      zombie: state?.startsWith('Z') === true,
    }));
}
