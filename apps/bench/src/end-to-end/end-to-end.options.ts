import type { DriverSet } from '../options.js';
import { BenchUsageError, parseOptionsOnly, REPORT_OPTIONS, wholeNumber } from '../usage.js';

export const END_TO_END_HELP = `Usage: npm run bench -- end-to-end [options]

Starts a gateway, a projector, Kafka, PostgreSQL and Redis (or the standalone server on its embedded drivers) with fresh
data, and measures events of 1.3 KB from the request to the row:

  1. how many are accepted and how many become rows when clients send as fast as answers come, and whether answers are
     slower while only the projections are at work;
  2. the highest rate at which the projection keeps up;
  3. at half of it latencies: of POST beside a bare kafkajs produce, from POST to a visible row, of PUT /agents;
  4. at 70 % of it, for longer, lag and memory, and that what was accepted is in the log and in the rows, each once.

From 3 on the load is sent at a fixed rate and latencies count from the time at which a request was due.

  --drivers SET           kafka or embedded; default kafka
  --events-per-request N  1 to 1000; default 1
  --maximum N             events a second that are taken for the highest rate; without it 2 finds it
  --seconds N             of 1, of each step of 2, and of 3, 1 to 120; default 10
  --minutes N             of 4, 0 to 60; default 1
  --quick                 seconds of everything, which show that it runs and whose numbers say nothing
  --out FILE              where the JSON goes; default .cache/bench/end-to-end-<date>.json
  --json                  print the JSON instead of tables
  --help                  print this
`;

export interface EndToEndOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly drivers: DriverSet;
  readonly eventsPerRequest: number;
  /** Events a second. */
  readonly maximum: number | undefined;
  readonly seconds: number;
  readonly soakSeconds: number;
  readonly out: string | undefined;
}

const QUICK = { maximum: 200, seconds: 1, soakSeconds: 2 };

const OPTIONS = {
  ...REPORT_OPTIONS,
  drivers: { type: 'string', default: 'kafka' },
  'events-per-request': { type: 'string', default: '1' },
  maximum: { type: 'string' },
  seconds: { type: 'string', default: '10' },
  minutes: { type: 'string', default: '1' },
  quick: { type: 'boolean', default: false },
} as const;

export function readEndToEndOptions(args: readonly string[]): EndToEndOptions {
  const values = parseOptionsOnly('end-to-end', args, OPTIONS);
  const { drivers, maximum } = values;
  if (drivers !== 'kafka' && drivers !== 'embedded') {
    throw new BenchUsageError(`--drivers ${drivers}: must be kafka or embedded`);
  }
  return {
    help: values.help,
    json: values.json,
    drivers,
    eventsPerRequest: wholeNumber('--events-per-request', values['events-per-request'], { min: 1, max: 1_000 }),
    maximum: maximum === undefined ? undefined : wholeNumber('--maximum', maximum, { min: 100, max: 1_000_000 }),
    seconds: wholeNumber('--seconds', values.seconds, { min: 1, max: 120 }),
    soakSeconds: 60 * wholeNumber('--minutes', values.minutes, { min: 0, max: 60 }),
    ...(values.quick && QUICK),
    out: values.out,
  };
}
