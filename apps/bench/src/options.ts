import { parseArgs } from 'node:util';

export const HELP = `Usage: npm run bench -- latency [options]

Measures how long PUT /agents and POST /events take, one at a time and eight at a time, on servers that it starts
itself on 127.0.0.1, beside two baselines measured in the same rounds: a bare HTTP server, and a bare Kafka producer.

  --on SET         kafka, embedded or both; default both
  --rounds N       how often everything is measured, 1 to 50; default 5
  --requests N     requests of one measurement at one at a time, 20 to 10000; default 200 (eight at a time: four times that)
  --no-keep-alive  a new connection for every request, as the public Python client does
  --out FILE       where the JSON goes; default .cache/bench/latency-<date>.json
  --json           print the JSON instead of tables
  --help           print this
`;

export type DriverSet = 'kafka' | 'embedded';

export interface BenchOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly driverSets: readonly DriverSet[];
  readonly rounds: number;
  readonly requests: number;
  readonly keepAlive: boolean;
  readonly out: string | undefined;
}

/** What the operator got wrong, in a line that says what to do. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const [name, ...rest] = positionals;
  if (!values.help && (name !== 'latency' || rest.length > 0)) {
    throw new BenchUsageError(
      `${name === undefined ? 'no benchmark named' : `no benchmark ${positionals.join(' ')}`}; there is: latency (see --help)`,
    );
  }
  return {
    help: values.help,
    json: values.json,
    driverSets: driverSetsOf(values.on),
    rounds: wholeNumber('--rounds', values.rounds, { min: 1, max: 50 }),
    requests: wholeNumber('--requests', values.requests, { min: 20, max: 10_000 }),
    keepAlive: !values['no-keep-alive'],
    out: values.out,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        on: { type: 'string', default: 'both' },
        rounds: { type: 'string', default: '5' },
        requests: { type: 'string', default: '200' },
        'no-keep-alive': { type: 'boolean', default: false },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new BenchUsageError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

function driverSetsOf(text: string): DriverSet[] {
  if (text === 'both') return ['kafka', 'embedded'];
  if (text === 'kafka' || text === 'embedded') return [text];
  throw new BenchUsageError(`--on ${text}: must be kafka, embedded or both`);
}

function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d{1,6}$/.test(text) || value < min || value > max) {
    throw new BenchUsageError(`${name} ${text}: must be a whole number from ${min} to ${max}`);
  }
  return value;
}
