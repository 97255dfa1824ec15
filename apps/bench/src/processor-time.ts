import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. Source: proc_pid_stat(5), sysconf(3). */
const TICKS_PER_SECOND = 100;
const MICROSECONDS_PER_TICK = 1_000_000 / TICKS_PER_SECOND;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/**
 * The CPU time in microseconds that a process and everything it started have used, by /proc, in steps of 10 ms;
 * `undefined` where there is no /proc. Children that have ended count through those that waited for them.
 */
export function processorTimeUs(root: number): number | undefined {
  const processes = readProcesses();
  const inTree = new Set(treeOf(root, processes));
  if (inTree.size === 0) return undefined;
  return processes.reduce((sum, { pid, ticks }) => sum + (inTree.has(pid) ? ticks * MICROSECONDS_PER_TICK : 0), 0);
}

/** The ids of a process and of everything it started that runs; none where it has ended, or there is no /proc. */
export const processTree = (root: number): readonly number[] => treeOf(root, readProcesses());

function treeOf(root: number, processes: readonly ProcessTimes[]): number[] {
  const tree = processes.some(({ pid }) => pid === root) ? [root] : [];
  for (const parent of tree) tree.push(...processes.filter((each) => each.parent === parent).map(({ pid }) => pid));
  return tree;
}

function readProcesses(): ProcessTimes[] {
  return names('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [parse(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8'))];
    } catch {
      // It ended between the two looks.
      return [];
    }
  });
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Fields 4 and 14 to 17: parent, then user and system time of itself and of children it waited for. */
function parse(pid: number, stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid, parent: Number(fields[1]), ticks };
}
