/**
 * `npm run determinism -- --runs N [--seed S]`: the property that any replay of a log gives the same rows, on N random
 * histories; `npm test` runs 500. The seed is printed first, and a failure with the smallest history that was found.
 */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = 'npm run determinism -- --runs <histories> [--seed <number>]';

const { runs, seed } = options();
process.stdout.write(`${runs} histories, seed ${seed}\n`);
const jest = spawn(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('jest/bin/jest'),
    ...['--selectProjects', 'store', '--testPathPatterns', String.raw`determinism\.int\.spec`, '--verbose'],
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, LOGBOOK_DETERMINISM_RUNS: String(runs), LOGBOOK_DETERMINISM_SEED: String(seed) },
  },
);
// A terminal sends Ctrl-C to jest too; it stops its services and ends.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => jest.kill('SIGTERM'));
const [code] = await once(jest, 'exit');
process.exit(code ?? 1);

function options() {
  try {
    const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
    return {
      runs: wholeNumber('runs', values.runs, { min: 1, max: 1_000_000 }),
      seed: wholeNumber('seed', values.seed ?? String(randomInt(2 ** 31)), { min: 0, max: 2 ** 31 - 1 }),
    };
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: ${USAGE}\n`);
    process.exit(2);
  }
}

function wholeNumber(name, text, { min, max }) {
  const number = Number(text);
  if (/^\d+$/.test(text ?? '') && number >= min && number <= max) return number;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
}
