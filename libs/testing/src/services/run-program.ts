import { execFile } from 'node:child_process';

export interface ProgramOptions {
  readonly directory?: string | undefined;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly timeoutMs: number;
  /** Said when the program is not on the PATH: what needs it, and what to install. */
  readonly missing: string;
}

/** Runs a program to its end and gives what it printed. A failure quotes the end of its output. */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { directory, user, timeoutMs, missing } = options;
  const settings = { cwd: directory, timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024, ...user };
  return new Promise((resolve, reject) => {
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve(`${stdout}${stderr}`);
      else if (error.code === 'ENOENT') reject(new Error(missing, { cause: error }));
      else reject(new Error(`${command} failed: ${`${stdout}${stderr}`.slice(-2_000).trim()}`, { cause: error }));
    });
  });
}
