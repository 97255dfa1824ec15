import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Generations, type Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { builtProgram } from '../harness/repository.js';
import type { Workbench } from './workbench.js';

/** How far a rebuild is, as the database tells. */
export const PHASES = ['CREATING', 'FOLDING', 'VERIFYING', 'SWAPPING'] as const;
export type Phase = (typeof PHASES)[number];

const REACHED = {
  FOLDING: `pointed_at IS NULL AND state = 'FOLLOWED'`,
  VERIFYING: `state = 'SCRATCH'`,
  SWAPPING: `verified_at IS NOT NULL AND pointed_at IS NULL AND state = 'FOLLOWED'`,
} as const;

const BEGIN_TIMEOUT_MS = 60_000;
const REACH_TIMEOUT_MS = 60_000;
const LOOK_MS = 1;

export interface LaunchOptions {
  /** Of `logbook`; default a rebuild. */
  readonly args?: readonly string[];
  /** Another way to the database. */
  readonly databaseUrl?: string;
}

/** `logbook rebuild`, or another command of maintenance, as a process that may be frozen, interrupted and killed. */
export class RebuildProcess {
  private said = '';
  private readonly closed: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly store: Store,
  ) {
    const keep = (text: string): void => void (this.said += text);
    child.stdout!.setEncoding('utf8').on('data', keep);
    child.stderr!.setEncoding('utf8').on('data', keep);
    this.closed = once(child, 'close');
  }

  static launch(
    { environment, store }: Workbench,
    { args = ['rebuild', '--json'], databaseUrl }: LaunchOptions = {},
  ): RebuildProcess {
    const own = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
    const child = spawn(process.execPath, [builtProgram('cli'), ...args], {
      env: { ...environment, ...own },
      stdio: 'pipe',
    });
    return new RebuildProcess(child, store);
  }

  /** Resolves once it has the lock of all maintenance, before it looks at any generation. */
  async begun(): Promise<void> {
    await this.until(
      `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                       WHERE l.locktype = 'advisory' AND d.datname = current_database() LIMIT 1`,
      BEGIN_TIMEOUT_MS,
    );
  }

  /** Whether it came to this phase before it ended. */
  async reached(phase: 'FOLDING' | 'VERIFYING' | 'SWAPPING'): Promise<boolean> {
    await this.until(`SELECT FROM ops.generations WHERE ${REACHED[phase]}`, REACH_TIMEOUT_MS);
    return phase === (await this.phase());
  }

  async phase(): Promise<Phase> {
    const known = await new Generations(this.store).list();
    const building = known.find(({ state, pointedAtMs }) => state === 'FOLLOWED' && pointedAtMs === null);
    if (building === undefined) return known.at(-1)?.pointedTo === true && this.isFolded() ? 'SWAPPING' : 'CREATING';
    if (building.verifiedAtMs !== null) return 'SWAPPING';
    return known.some(({ state }) => state === 'SCRATCH') ? 'VERIFYING' : 'FOLDING';
  }

  /** Whether it still ran, and is frozen now. */
  freeze(): boolean {
    return this.running() && this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.child.kill('SIGINT');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  /** Resolves when it has done its work; rejects with what it said where it has not. */
  async done(): Promise<void> {
    const { code, said } = await this.ended();
    if (code !== 0) throw new Error(`the command ended with ${code}: ${said}`);
  }

  /** Its exit code, and all that it printed. */
  async ended(): Promise<{ readonly code: number | null; readonly said: string }> {
    await this.closed;
    return { code: this.child.exitCode, said: this.said };
  }

  /** It said how far it is: it has made its generation, or found one to go on with. */
  private isFolded(): boolean {
    return this.said.includes('building');
  }

  private running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  private async until(found: string, timeoutMs: number): Promise<void> {
    await eventually(async () => !this.running() || ((await this.store.pool.query(found)).rowCount ?? 0) > 0, {
      timeoutMs,
      intervalMs: LOOK_MS,
      what: 'the rebuild to come so far',
    });
  }
}
