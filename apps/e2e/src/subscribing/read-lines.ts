import { spawn } from 'node:child_process';

export interface LinesCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How many lines of standard output to wait for; the program is ended then. */
  readonly lines: number;
  readonly timeoutMs: number;
}

/** The first lines of a program that would go on for ever. One that ends by itself, or says too little in its time, is an error. */
export function readLines({ command, args, environment, lines, timeoutMs }: LinesCommand): Promise<string[]> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what a shell has started ends with it.
    const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const end = (): boolean => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    let stdout = '';
    let stderr = '';
    const deadline = setTimeout(end, timeoutMs);
    const whole = (): string[] => stdout.split('\n').slice(0, -1);
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const before = whole().length;
      stdout += text;
      if (before < lines && whole().length >= lines) end();
    });
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(deadline);
      if (whole().length >= lines) resolve(whole().slice(0, lines));
      else
        reject(new Error(`${command} printed ${whole().length} of ${lines} lines:\n${stdout}${stderr}`.slice(-8_000)));
    });
  });
}
