import { BenchUsageError, parseOptions, REPORT_OPTIONS, roundsOf } from '../usage.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';

export const GROWTH_HELP = `Usage: npm run bench -- growth [options]
       npm run bench -- growth --svg FILE RESULT...

Measures how the CPU time of an event grows, on servers that it starts itself, while one thing grows: the events of a batch
(10, 100, 1,000), the bytes of a body (1, 10 and 100 KB), the people and sessions that a gateway has met (10^3, 10^5, 10^6),
and the sessions, people and events that PostgreSQL holds (as many). Every event names a person and a session drawn
evenly from all of them, which no cache and no batch makes cheaper; the rows are also measured with sessions of about
fifteen events, as applications make them. The rows there are before are written by SQL into the projector's own tables.

With results it measures nothing and draws their rows; several results make one plot.

  --only D    batch, body, names or rows; default all of them (about nine minutes)
  --rounds N  how often everything is measured, 1 to 50; default 3
  --quick     one short round with at most 1,000 rows and names: whether it runs
  --svg FILE  writes the plot there
  --out FILE  where the JSON goes; default .cache/bench/growth-<date>.json
  --json      print the JSON instead of tables
  --help      print this
`;

export interface GrowthOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly dimensions: readonly Dimension[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly svg: string | undefined;
  readonly out: string | undefined;
  /** Drawn instead of measuring. */
  readonly results: readonly string[];
}

const OPTIONS = {
  ...REPORT_OPTIONS,
  only: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  quick: { type: 'boolean', default: false },
  svg: { type: 'string' },
} as const;

export function readGrowthOptions(args: readonly string[]): GrowthOptions {
  const { values, positionals } = parseOptions(args, OPTIONS);
  if (positionals.length > 0 && values.svg === undefined && !values.help) {
    throw new BenchUsageError(`${positionals.join(' ')}: results are for --svg; see --help`);
  }
  return {
    help: values.help,
    json: values.json,
    dimensions: dimensionsOf(values.only),
    rounds: values.quick ? 1 : roundsOf(values.rounds),
    quick: values.quick,
    svg: values.svg,
    out: values.out,
    results: positionals,
  };
}

function dimensionsOf(name: string | undefined): readonly Dimension[] {
  if (name === undefined) return DIMENSIONS;
  const found = DIMENSIONS.find((dimension) => dimension === name);
  if (found === undefined) throw new BenchUsageError(`--only ${name}: there is ${DIMENSIONS.join(', ')}`);
  return [found];
}
