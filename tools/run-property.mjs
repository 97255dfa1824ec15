/** What the commands share that run one property of the tests on more than `npm test` does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** `read` makes of the texts what the command needs, or throws; then the usage is printed and the exit code is 2. */
export function readOptions({ names, usage, read }) {
  try {
    const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) });
    return read(values);
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: ${usage}\n`);
    process.exit(2);
  }
}

export function wholeNumber(name, text, { min, max }) {
  const number = Number(text);
  if (/^\d+$/.test(text ?? '') && number >= min && number <= max) return number;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
}

/** Runs jest and ends this process as it ends. */
export async function runJest(args, environment) {
  const jest = spawn(process.execPath, [createRequire(import.meta.url).resolve('jest/bin/jest'), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  // A terminal sends Ctrl-C to jest too; it stops its services and ends.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => jest.kill('SIGTERM'));
  const [code] = await once(jest, 'exit');
  process.exit(code ?? 1);
}
