/**
 * `npm run determinism -- --runs N [--seed S]`: the property that any replay of a log gives the same rows, on N random
 * histories; `npm test` runs 500. The seed is printed first, and a failure with the smallest history that was found.
 */
import { randomInt } from 'node:crypto';
import { readOptions, runJest, wholeNumber } from './run-property.mjs';

const { runs, seed } = readOptions({
  names: ['runs', 'seed'],
  usage: 'npm run determinism -- --runs <histories> [--seed <number>]',
  read: (values) => ({
    runs: wholeNumber('runs', values.runs, { min: 1, max: 1_000_000 }),
    seed: wholeNumber('seed', values.seed ?? String(randomInt(2 ** 31)), { min: 0, max: 2 ** 31 - 1 }),
  }),
});
process.stdout.write(`${runs} histories, seed ${seed}\n`);
await runJest(['--selectProjects', 'store', '--testPathPatterns', String.raw`determinism\.int\.spec`, '--verbose'], {
  LOGBOOK_DETERMINISM_RUNS: String(runs),
  LOGBOOK_DETERMINISM_SEED: String(seed),
});
