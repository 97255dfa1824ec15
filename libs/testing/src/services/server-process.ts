import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { eventually, NeverHappenedError } from '../wait.js';
import { isFree } from './ports.js';
import { livingOf, processTree, signalAll } from './process-tree.js';

export interface ServerCommand {
  /** For messages: `Kafka`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Set to run as somebody else than we do. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Everything the server prints is appended here; its end is quoted when the server fails to start. */
  readonly logFile: string;
  /** Resolves once the server answers; rejects while it does not. */
  readonly answers: () => Promise<void>;
  /** Asks the server to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
}

const LOG_TAIL_BYTES = 2_000;
const KILL_TIMEOUT_MS = 10_000;

/** One server process and its children: started, ended, killed, frozen. Calls must not overlap. */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private readonly killOnExit = (): void => void this.child?.kill('SIGKILL');

  constructor(private readonly server: ServerCommand) {}

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    if (!this.running || this.child?.pid === undefined) throw new Error(`${this.server.name} is not running`);
    return this.child.pid;
  }

  /** Resolves when the server answers. A server that ends or stays silent is an error that quotes its log. */
  async start(): Promise<void> {
    const { server } = this;
    // Otherwise whatever listens there would answer in the name of ours.
    if (!(await isFree(server.port))) throw new Error(`${server.name} cannot start: port ${server.port} is in use`);
    const log = openSync(server.logFile, 'a');
    // A group of its own: Ctrl-C in a terminal must reach us alone, so that servers end in our order.
    this.child = spawn(server.command, server.args, {
      cwd: server.directory,
      stdio: ['ignore', log, log],
      detached: true,
      ...server.user,
    });
    closeSync(log);
    process.once('exit', this.killOnExit);
    await once(this.child, 'spawn');
    try {
      await eventually(
        async () => {
          if (this.running) await server.answers();
        },
        { timeoutMs: server.startTimeoutMs, intervalMs: 50, what: `${server.name} to answer` },
      );
      if (!this.running) throw new Error(`${server.name} ended while starting`);
    } catch (error) {
      await this.kill();
      throw this.startFailure(error as Error);
    }
  }

  /** Ends the server in good order; past its time it is killed. */
  async stop(): Promise<void> {
    if (!this.running) return;
    const tree = await processTree(this.pid);
    signalAll(tree, 'SIGCONT');
    signalAll([this.pid], this.server.stopSignal);
    await this.gone(tree, this.server.stopTimeoutMs).catch(async (error: unknown) => {
      if (!(error instanceof NeverHappenedError)) throw error;
      await this.kill();
    });
    this.forget();
  }

  /** SIGKILL to the process and its children; resolves when all are gone. */
  async kill(): Promise<void> {
    if (this.running) {
      const tree = await processTree(this.pid);
      signalAll(tree, 'SIGKILL');
      await this.gone(tree, KILL_TIMEOUT_MS);
    }
    this.forget();
  }

  /** SIGSTOP: connections stay open and nothing answers. Parents first, so that no new child escapes. */
  async pause(): Promise<void> {
    signalAll([this.pid], 'SIGSTOP');
    signalAll(await processTree(this.pid), 'SIGSTOP');
  }

  async resume(): Promise<void> {
    signalAll(await processTree(this.pid), 'SIGCONT');
  }

  private async gone(pids: readonly number[], timeoutMs: number): Promise<void> {
    const what = `${this.server.name} to end`;
    await eventually(async () => !this.running && (await livingOf(pids)).length === 0, { timeoutMs, what });
  }

  private forget(): void {
    this.child = undefined;
    process.removeListener('exit', this.killOnExit);
  }

  private startFailure(cause: Error): Error {
    const tail = readFileSync(this.server.logFile).subarray(-LOG_TAIL_BYTES).toString('utf8').trim();
    return new Error(`${cause.message}\nThe end of ${this.server.logFile}:\n${tail}`, { cause });
  }
}
