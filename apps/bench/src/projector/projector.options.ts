import { parseOptionsOnly, REPORT_OPTIONS, roundsOf, wholeNumber } from '../usage.js';

export const PROJECTOR_HELP = `Usage: npm run bench -- projector [options]

Fills a log on Kafka with events of 1.3 KB, then lets the projector fold it into a fresh PostgreSQL database until it is
level, in interleaved rounds with three baselines: a stock Nest + TypeORM consumer of the same log (three entities, each
found, then saved), PostgreSQL's COPY of the same rows into the same table with its indexes, and a bare kafkajs eachBatch
loop that only counts. Uses the servers of the environment as rebuild does; COPY wants a PostgreSQL on this machine.

  --events N        events in the log, 500 to 5000000; default 200000
  --stock-events N  how many of them the stock consumer takes; default 2000
  --rounds N        how often everything is measured, 1 to 50; default 3
  --cpu-prof DIR    writes a profile of each run of the projector there
  --quick           one short round, which shows that everything runs and whose numbers say nothing
  --out FILE        where the JSON goes; default .cache/bench/projector-<date>.json
  --json            print the JSON instead of tables
  --help            print this
`;

export interface ProjectorBenchOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly events: number;
  readonly stockEvents: number;
  readonly rounds: number;
  readonly cpuProf: string | undefined;
  readonly out: string | undefined;
}

const QUICK = { events: 2_000, stockEvents: 100, rounds: 1 };

const OPTIONS = {
  ...REPORT_OPTIONS,
  events: { type: 'string', default: '200000' },
  'stock-events': { type: 'string' },
  rounds: { type: 'string', default: '3' },
  'cpu-prof': { type: 'string' },
  quick: { type: 'boolean', default: false },
} as const;

export function readProjectorOptions(args: readonly string[]): ProjectorBenchOptions {
  const values = parseOptionsOnly('projector', args, OPTIONS);
  const events = wholeNumber('--events', values.events, { min: 500, max: 5_000_000 });
  const stockEvents = values['stock-events'] ?? String(Math.min(2_000, events));
  return {
    help: values.help,
    json: values.json,
    events,
    stockEvents: wholeNumber('--stock-events', stockEvents, { min: 100, max: events }),
    rounds: roundsOf(values.rounds),
    ...(values.quick && QUICK),
    cpuProf: values['cpu-prof'],
    out: values.out,
  };
}
