import { spawn, type ChildProcess } from 'node:child_process';
import { eventually, NeverHappenedError } from '@logbook/testing';

export interface ServiceCommand {
  /** For messages: `gateway 1`. */
  readonly name: string;
  /** The built program. */
  readonly program: string;
  /** The whole environment: nothing is inherited, so that no test reaches a live server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Matches the line of standard output that says it runs; the group `url` is where. */
  readonly ready: RegExp;
}

/** How a process ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const START_TIMEOUT_MS = 150_000;
const STOP_TIMEOUT_MS = 20_000;
const KILL_TIMEOUT_MS = 10_000;
/** The newest output that is kept, for failure messages. */
const OUTPUT_CHARACTERS_MAX = 64 * 1024;
const QUOTED_CHARACTERS = 4_000;

/** One service as a process of its own: started, stopped, killed, frozen, started again on the same data. */
export class ServiceProcess {
  private child: ChildProcess | undefined;
  private said = '';
  private address: string | undefined;
  private ending: Promise<Ending> | undefined;
  private readonly killOnExit = (): void => void this.child?.kill('SIGKILL');

  constructor(private readonly command: ServiceCommand) {}

  get name(): string {
    return this.command.name;
  }

  /** What it runs with, e.g. its data directory. */
  get environment(): Readonly<Record<string, string>> {
    return this.command.environment;
  }

  /** The newest of everything it has printed, over all its starts. */
  get output(): string {
    return this.said;
  }

  /** Where it answers, as its last start said. */
  get url(): string {
    if (this.address === undefined) throw new Error(`${this.name} has not started yet`);
    return this.address;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number {
    if (!this.running || this.child?.pid === undefined) throw new Error(`${this.name} is not running`);
    return this.child.pid;
  }

  /** Begins a start without waiting for it: for starts that are meant to wait, or to fail. */
  launch(): void {
    if (this.running) throw new Error(`${this.name} is running already`);
    this.address = undefined;
    const child = spawn(process.execPath, [this.command.program], {
      env: this.command.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let printed = '';
    const keep = (text: string): void => void (this.said = (this.said + text).slice(-OUTPUT_CHARACTERS_MAX));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      keep(text);
      if (this.address !== undefined || this.child !== child) return;
      printed += text;
      this.address = this.command.ready.exec(printed)?.groups?.['url'];
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    process.once('exit', this.killOnExit);
    this.ending = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        process.removeListener('exit', this.killOnExit);
        resolve({ code, signal });
      });
    });
  }

  /** Resolves once it runs and `/health/ready` is 200. A start that fails or takes too long quotes what was said. */
  async start(): Promise<void> {
    this.launch();
    try {
      await eventually(
        async () => {
          if (!this.running) return true;
          if (this.address === undefined) return false;
          return (await fetch(`${this.address}/health/ready`)).status === 200;
        },
        { timeoutMs: START_TIMEOUT_MS, intervalMs: 50, what: `${this.name} to be ready` },
      );
      if (!this.running) throw new Error(`${this.name} ended while starting`);
    } catch (error) {
      await this.kill();
      throw this.failure(error as Error);
    }
  }

  /** Resolves when the process has ended, by itself or otherwise; rejects if it does not within `timeoutMs`. */
  async ended(timeoutMs = STOP_TIMEOUT_MS): Promise<Ending> {
    const { ending } = this;
    if (ending === undefined) throw new Error(`${this.name} was never started`);
    let result: Ending | undefined;
    void ending.then((value) => (result = value));
    await eventually(() => result !== undefined, { timeoutMs, what: `${this.name} to end` });
    return ending;
  }

  /** SIGTERM; past its time SIGKILL, which the answer shows. A process that has ended already is fine. */
  async stop(): Promise<Ending | undefined> {
    if (!this.running) return this.ending;
    // A frozen process does not see the signal.
    this.child?.kill('SIGCONT');
    this.child?.kill('SIGTERM');
    try {
      return await this.ended();
    } catch (error) {
      if (!(error instanceof NeverHappenedError)) throw error;
      await this.kill();
      return this.ending;
    }
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.running) return;
    this.child?.kill('SIGKILL');
    await this.ended(KILL_TIMEOUT_MS);
  }

  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Ends it in good order if it runs, then starts it on the same data and port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private failure(cause: Error): Error {
    return new Error(
      `${cause.message}\nThe end of what ${this.name} said:\n${this.said.slice(-QUOTED_CHARACTERS).trim()}`,
      { cause },
    );
  }
}
