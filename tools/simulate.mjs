/**
 * `npm run simulate -- --seeds N` runs the seeds 0 to N - 1 of the simulation; `npm test` runs 1,000. `-- --seed S` runs one
 * again, with the trace of what happened where it fails.
 */
import { readOptions, runJest, wholeNumber } from './run-property.mjs';

const { seeds, seed } = readOptions({
  names: ['seeds', 'seed'],
  usage: 'npm run simulate -- --seeds <number> | --seed <number>',
  read: (values) => {
    if ((values.seeds === undefined) === (values.seed === undefined)) throw new Error('give --seeds or --seed');
    return values.seed === undefined
      ? { seeds: wholeNumber('seeds', values.seeds, { min: 1, max: 10_000_000 }) }
      : { seed: wholeNumber('seed', values.seed, { min: 0, max: 2 ** 32 - 1 }) };
  },
});
await runJest(
  [
    ...['--selectProjects', 'gateway', '--testPathPatterns', String.raw`simulation\.unit\.spec`, '--verbose'],
    ...['--testNamePattern', 'keep every invariant', '--runInBand'],
  ],
  {
    LOGBOOK_TEST_SERVICES: 'none',
    ...(seed === undefined ? { LOGBOOK_TEST_SIM_SEEDS: String(seeds) } : { LOGBOOK_TEST_SIM_SEED: String(seed) }),
  },
);
