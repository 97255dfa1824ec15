import { fileURLToPath } from 'node:url';
import { parseOptionsOnly, wholeNumber } from '../usage.js';
import { RATES_DEFAULT } from './report.js';

export const CAPACITY_HELP = `Usage: npm run bench -- capacity [options]

Computes what a rate of events needs from what one event costs: processes, brokers, partitions, servers, disk, network. The
costs and where each is from are in apps/bench/unit-costs.json; copy it and put in what your machines measure.
docs/capacity.md holds these tables and what they leave out.

  --rate N      events a second, 1 to 1000000000; several times for several; default ${RATES_DEFAULT.join(', ')}
  --costs FILE  other unit costs
  --help        print this
`;

/** Beside the program's package, not in its build. */
const COSTS_DEFAULT = fileURLToPath(new URL('../../unit-costs.json', import.meta.url));

export interface CapacityOptions {
  readonly help: boolean;
  readonly rates: readonly number[];
  readonly costs: string;
}

const OPTIONS = {
  help: { type: 'boolean', default: false },
  rate: { type: 'string', multiple: true },
  costs: { type: 'string' },
} as const;

export function readCapacityOptions(args: readonly string[]): CapacityOptions {
  const { help, rate, costs } = parseOptionsOnly('capacity', args, OPTIONS);
  const rates = rate?.map((text) => wholeNumber('--rate', text, { min: 1, max: 1_000_000_000 }));
  return { help, rates: rates ?? RATES_DEFAULT, costs: costs ?? COSTS_DEFAULT };
}
