import { VirtualTime } from '@logbook/testing';
import { FLAW_NAMES, FLAWS } from './flaws.contract.js';
import { INVARIANTS } from './invariants.contract.js';
import { EPOCH_MS, simulate, type SimulationResult } from './simulation.contract.js';

/** `npm run simulate` gives these; a seed alone runs that one. */
const { LOGBOOK_TEST_SIM_SEEDS: seedsGiven, LOGBOOK_TEST_SIM_SEED: seedGiven } = process.env;
const SEEDS = Number(seedsGiven ?? 1_000);
const REPORT_EVERY = 5_000;
const FLAW_SEEDS_MAX = 1_000;
const TIMEOUT_MS = Math.max(5 * 60_000, SEEDS * 1_000);

const seedsUpTo = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

let time: VirtualTime;
// Once a test and not once a seed: jest keeps every value that a global property ever had, and with a clock its timers.
beforeEach(() => {
  time = VirtualTime.install(EPOCH_MS);
});
afterEach(() => time.release());

const describeFailure = (seed: number, { violation, trace }: SimulationResult): string =>
  [`seed ${seed}: ${violation?.message ?? ''}`, `again: npm run simulate -- --seed ${seed}`, ...trace].join('\n');

describe('gateways, log, projectors and cache in any course of events', () => {
  const seeds = seedGiven === undefined ? seedsUpTo(SEEDS) : [Number(seedGiven)];

  it(
    `keep every invariant (${seedGiven === undefined ? `${SEEDS} seeds` : `seed ${seedGiven}`})`,
    async () => {
      for (const seed of seeds) {
        const result = await simulate(time, { seed });
        if (result.violation !== undefined) throw new Error(describeFailure(seed, result));
        if ((seed + 1) % REPORT_EVERY === 0) process.stderr.write(`${seed + 1} seeds\n`);
      }
    },
    TIMEOUT_MS,
  );

  it('go the same way again where the seed is the same', async () => {
    for (const seed of seedsUpTo(3)) {
      const [first, second] = [await simulate(time, { seed }), await simulate(time, { seed })];
      expect(second.trace).toEqual(first.trace);
    }
  });
});

describe('an invariant that is broken on purpose', () => {
  it.each(FLAW_NAMES)(
    'is found: %s',
    async (flaw) => {
      for (const seed of seedsUpTo(FLAW_SEEDS_MAX)) {
        const { violation } = await simulate(time, { seed, flaw });
        if (violation?.invariant !== FLAWS[flaw]) continue;
        process.stderr.write(`${flaw}: ${FLAWS[flaw]} is found after ${seed + 1} seeds\n`);
        return;
      }
      throw new Error(`${FLAW_SEEDS_MAX} seeds do not show that ${flaw} breaks ${FLAWS[flaw]}`);
    },
    TIMEOUT_MS,
  );

  it('is every one of them', () => {
    expect(new Set(Object.values(FLAWS))).toEqual(new Set(INVARIANTS));
  });
});
