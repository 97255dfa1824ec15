import { parseOptionsOnly, REPORT_OPTIONS, roundsOf, wholeNumber } from '../usage.js';

export const REBUILD_HELP = `Usage: npm run bench -- rebuild [options]

Fills a log on Kafka, then measures in interleaved rounds: \`logbook rebuild\` (its folding and its verification), a bare
kafkajs loop that only counts the same events, and rebuilds of the same counts by emmett-postgresql, each in a process of
its own. Uses LOGBOOK_TEST_KAFKA_BROKERS and LOGBOOK_TEST_DATABASE_URL, or KAFKA_BROKERS and DATABASE_URL, in a database
and topics of its own; without them it starts both servers, and then counts their CPU time too.

  --events N         events in the log, 200 to 5000000; default 100000
  --rounds N         how often everything is measured, 1 to 50; default 3
  --emmett-events N  events in emmett's store, 0 to leave that baseline out, up to 1000000; default 5000
  --memory [N]       also rebuild once from a log of N events (1000000) and compare the most memory each rebuild held
  --out FILE         where the JSON goes; default .cache/bench/rebuild-<date>.json
  --json             print the JSON instead of tables
  --help             print this
`;

export interface RebuildBenchOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly events: number;
  readonly rounds: number;
  readonly emmettEvents: number;
  /** `undefined`: memory is not compared. */
  readonly memoryEvents: number | undefined;
  readonly out: string | undefined;
}

const MEMORY_EVENTS_DEFAULT = '1000000';

const OPTIONS = {
  ...REPORT_OPTIONS,
  events: { type: 'string', default: '100000' },
  rounds: { type: 'string', default: '3' },
  'emmett-events': { type: 'string', default: '5000' },
  memory: { type: 'string' },
} as const;

export function readRebuildOptions(args: readonly string[]): RebuildBenchOptions {
  const values = parseOptionsOnly('rebuild', withMemoryDefault(args), OPTIONS);
  return {
    help: values.help,
    json: values.json,
    events: wholeNumber('--events', values.events, { min: 200, max: 5_000_000 }),
    rounds: roundsOf(values.rounds),
    emmettEvents: wholeNumber('--emmett-events', values['emmett-events'], { min: 0, max: 1_000_000 }),
    memoryEvents:
      values.memory === undefined ? undefined : wholeNumber('--memory', values.memory, { min: 200, max: 5_000_000 }),
    out: values.out,
  };
}

/** `parseArgs` knows no option whose value may be absent. */
const withMemoryDefault = (args: readonly string[]): string[] =>
  args.flatMap((arg, index) =>
    arg === '--memory' && !/^\d/.test(args[index + 1] ?? '') ? [arg, MEMORY_EVENTS_DEFAULT] : [arg],
  );
