import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const STDERR_TAIL_CHARACTERS = 2_000;

export interface ProgramSettings {
  /** For messages and results: `gateway`. */
  readonly name: string;
  /** The built program. */
  readonly program: URL;
  readonly args?: readonly string[];
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
  /** All it sees of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The line of its output that says it is ready; the first group is its address. */
  readonly ready: RegExp;
}

/** A Node program of this repository that runs and has said that it is ready. */
export class StartedProgram {
  private constructor(
    readonly name: string,
    readonly pid: number,
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  /** Rejects, quoting what the program said, when it ends or is not ready within a minute. */
  static async start(settings: ProgramSettings): Promise<StartedProgram> {
    const { name, program, args = [], nodeArgs = [], ready } = settings;
    const child = spawn(process.execPath, [...nodeArgs, program.pathname, ...args], {
      env: settings.environment ?? {},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr
      .setEncoding('utf8')
      .on('data', (text: string) => (said = (said + text).slice(-STDERR_TAIL_CHARACTERS)));
    try {
      const url = await addressOf(child, ready);
      return new StartedProgram(name, child.pid ?? 0, url, child);
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`the ${name} did not start: ${(error as Error).message}\n${said}`.trim(), { cause: error });
    }
  }

  /** SIGTERM, and SIGKILL for one that does not end in time. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
    this.child.kill('SIGTERM');
    await ended.catch(() => this.child.kill('SIGKILL'));
  }
}

function addressOf(child: ChildProcess & { stdout: NodeJS.ReadableStream }, ready: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`it was not ready within ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    );
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`it ended with ${code ?? signal}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = ready.exec(line);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1] ?? '');
    });
  });
}
