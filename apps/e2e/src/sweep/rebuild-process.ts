import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Generations, type Store } from '@logbook/store';
import { eventually } from '@logbook/testing';
import { builtProgram } from '../harness/repository.js';
import type { Workbench } from './workbench.js';

/** How far a rebuild is, as the database tells. */
export const PHASES = ['CREATING', 'FOLDING', 'VERIFYING', 'SWAPPING'] as const;
export type Phase = (typeof PHASES)[number];

const BEGIN_TIMEOUT_MS = 60_000;
const REACH_TIMEOUT_MS = 60_000;
const LOOK_MS = 1;

/** `logbook rebuild` as a process that may be frozen and killed. */
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

  static launch({ environment, store }: Workbench): RebuildProcess {
    const args = [builtProgram('cli'), 'rebuild', '--json'];
    return new RebuildProcess(spawn(process.execPath, args, { env: environment, stdio: 'pipe' }), store);
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
  async reached(phase: 'SWAPPING'): Promise<boolean> {
    const verified = `verified_at IS NOT NULL AND pointed_at IS NULL AND state = 'FOLLOWED'`;
    await this.until(`SELECT FROM ops.generations WHERE ${verified}`, REACH_TIMEOUT_MS);
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

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.closed;
  }

  /** Its exit code. */
  async ended(): Promise<number | null> {
    await this.closed;
    if (this.child.exitCode !== 0) throw new Error(`the rebuild ended with ${this.child.exitCode}: ${this.said}`);
    return this.child.exitCode;
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
