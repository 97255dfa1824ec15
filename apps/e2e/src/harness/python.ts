import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '@logbook/testing';
import { inRepository } from './repository.js';
import { runProgram } from './run-program.js';

const MINOR_MIN = 10;
const PROGRAMS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
/** Prints the version only where a virtual environment with pip can be made. */
const PROBE = 'import ensurepip, sys, venv; print(*sys.version_info[:2])';
const INSTALL_TIMEOUT_MS = 5 * 60_000;

export interface Python {
  readonly program: string;
  /** `3.11` */
  readonly version: string;
}

/** A Python that can run the published client, or `undefined` where this machine has none. */
export function findPython(): Python | undefined {
  for (const program of PROGRAMS) {
    try {
      const [major, minor] = execFileSync(program, ['-c', PROBE], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split(' ')
        .map(Number);
      if (major === 3 && minor !== undefined && minor >= MINOR_MIN) return { program, version: `${major}.${minor}` };
    } catch {
      // Not on the PATH, or without what a virtual environment needs.
    }
  }
  return undefined;
}

/** The interpreter of a virtual environment that holds the pinned requirements, made once for this checkout. */
export async function clientPython({ program, version }: Python, file = 'requirements.txt'): Promise<string> {
  const requirements = inRepository(`apps/e2e/python/${file}`);
  const pins = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = await cachedFolder(`python-client-${pins}`, async (unfinished) => {
    // The folder is renamed when it is whole, so nothing of it is called by a path that was written into it.
    await run(program, ['-m', 'venv', unfinished]);
    await run(join(unfinished, 'bin', 'python'), [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      requirements,
    ]);
  });
  return join(folder, 'bin', 'python');
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runProgram({ command, args, timeoutMs: INSTALL_TIMEOUT_MS });
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${`${stdout}${stderr}`.slice(-2_000)}`);
}
