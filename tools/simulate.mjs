/**
 * `npm run simulate -- --seeds N` runs the seeds 0 to N - 1 of the simulation; `npm test` runs 1,000. `-- --seed S` runs one
 * again, with the trace of what happened where it fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = 'npm run simulate -- --seeds <number> | --seed <number>';

const { seeds, seed } = options();
const jest = spawn(
  process.execPath,
  [
    createRequire(import.meta.url).resolve('jest/bin/jest'),
    ...['--selectProjects', 'gateway', '--testPathPatterns', String.raw`simulation\.unit\.spec`, '--verbose'],
    ...['--testNamePattern', 'keep every invariant', '--runInBand'],
  ],
  {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...process.env,
      LOGBOOK_TEST_SERVICES: 'none',
      ...(seed === undefined ? { LOGBOOK_TEST_SIM_SEEDS: String(seeds) } : { LOGBOOK_TEST_SIM_SEED: String(seed) }),
    },
  },
);
// A terminal sends Ctrl-C to jest too.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => jest.kill('SIGTERM'));
const [code] = await once(jest, 'exit');
process.exit(code ?? 1);

function options() {
  try {
    const { values } = parseArgs({ options: { seeds: { type: 'string' }, seed: { type: 'string' } } });
    if ((values.seeds === undefined) === (values.seed === undefined)) throw new Error('give --seeds or --seed');
    return values.seed === undefined
      ? { seeds: wholeNumber('seeds', values.seeds, { min: 1, max: 10_000_000 }) }
      : { seed: wholeNumber('seed', values.seed, { min: 0, max: 2 ** 32 - 1 }) };
  } catch (error) {
    process.stderr.write(`${error.message}\nusage: ${USAGE}\n`);
    process.exit(2);
  }
}

function wholeNumber(name, text, { min, max }) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new Error(`--${name} must be a whole number from ${min} to ${max}`);
}
