import { spawn } from 'node:child_process';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; inherited if absent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly timeoutMs: number;
}

/** Runs a program to its end. An exit code other than 0 is an answer, not an error; a program past its time is one. */
export function runProgram({ command, args, environment, directory, timeoutMs }: ProgramOptions): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let isLate = false;
    const deadline = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      if (isLate)
        reject(
          new Error(
            `${command} ${args.join(' ')} did not end within ${timeoutMs} ms:\n${stdout}${stderr}`.slice(0, 4_000),
          ),
        );
      else resolve({ code, stdout, stderr });
    });
  });
}
