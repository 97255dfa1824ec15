import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { processorTimeUs } from '../processor-time.js';
import type { CountedProcess } from '../servers/system-under-test.js';

const TIMEOUT_MS = 60 * 60_000;
const STDERR_TAIL_CHARACTERS = 2_000;

/** A moment in the life of a program. */
export interface Mark {
  readonly atMs: number;
  /** By process, the CPU microseconds used so far; the program's own under `program`. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** The most memory the program has held so far (VmHWM); `undefined` where there is no /proc. */
  readonly peakBytes: number | undefined;
}

export interface WatchOptions<Name extends string> {
  readonly program: string;
  readonly args: readonly string[];
  /** All it sees of the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Others whose CPU time counts. */
  readonly processes: readonly CountedProcess[];
  /** The moments: each is the first line of its output, standard error included, that matches. */
  readonly marks: Readonly<Record<Name, RegExp>>;
}

export interface Watched<Name extends string> {
  readonly marks: Readonly<Record<Name, Mark>>;
  readonly stdout: string;
}

/** Runs a program to its end and looks at it at every mark. Rejects where it fails or passes a mark in silence. */
export async function watchProgram<Name extends string>(options: WatchOptions<Name>): Promise<Watched<Name>> {
  const { program, args, environment, nodeArgs = [], processes } = options;
  const child = spawn(process.execPath, [...nodeArgs, program, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
  });
  const patterns = Object.entries(options.marks) as [Name, RegExp][];
  const marks: Partial<Record<Name, Mark>> = {};
  let stdout = '';
  let said = '';
  const look = (line: string): void => {
    for (const [name, pattern] of patterns) {
      if (marks[name] === undefined && pattern.test(line)) marks[name] = markNow(child.pid ?? 0, processes);
    }
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    look(line);
    stdout += `${line}\n`;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    look(line);
    said = `${said}${line}\n`.slice(-STDERR_TAIL_CHARACTERS);
  });
  // `close` comes after the last line, `exit` may come before it.
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code !== 0) throw new Error(`${program} ended with ${code ?? signal}: ${said}`);
  const missed = patterns.filter(([name]) => marks[name] === undefined).map(([name]) => name);
  if (missed.length > 0) throw new Error(`${program} never came to ${missed.join(', ')}: ${said}`);
  return { marks: marks as Record<Name, Mark>, stdout };
}

/** Of a moment that no line of a program tells; without a program, of the others alone. */
export function markNow(pid: number | undefined, processes: readonly CountedProcess[]): Mark {
  // First, since a program that has ended still tells its CPU time, but not its memory.
  const peak = pid === undefined ? undefined : peakBytes(pid);
  const cpuUs: Record<string, number> = {};
  for (const each of [...(pid === undefined ? [] : [{ name: 'program', pid }]), ...processes]) {
    const used = processorTimeUs(each.pid);
    if (used !== undefined) cpuUs[each.name] = used;
  }
  return { atMs: performance.now(), cpuUs, peakBytes: peak };
}

/** Source: proc_pid_status(5), VmHWM, in units of 1024 bytes. */
function peakBytes(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match?.[1] === undefined ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** What a program used for so many events. */
export interface MeasurementOf<Subject extends string> {
  readonly subject: Subject;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** By process, CPU microseconds an event; the measured program's own under `program`. */
  readonly cpuUsPerEvent: Readonly<Record<string, number>>;
  readonly peakBytes: number | undefined;
}

export function between<Subject extends string>(
  from: Mark,
  to: Mark,
  { subject, events }: { readonly subject: Subject; readonly events: number },
): MeasurementOf<Subject> {
  const seconds = (to.atMs - from.atMs) / 1000;
  const cpuUsPerEvent: Record<string, number> = {};
  for (const [name, used] of Object.entries(to.cpuUs)) {
    const before = from.cpuUs[name];
    if (before !== undefined) cpuUsPerEvent[name] = (used - before) / events;
  }
  return { subject, events, seconds, eventsPerSecond: events / seconds, cpuUsPerEvent, peakBytes: to.peakBytes };
}
