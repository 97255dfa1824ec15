import { BenchUsageError, parseOptions, wholeNumber } from './usage.js';

export const HELP = `Usage: npm run bench -- latency|gateway|batch [options]
       npm run bench -- projector|end-to-end|gateways|rebuild|subscriber|growth|capacity|compare [options]
                                               (each has a --help of its own)

latency measures how long PUT /agents and POST /events take, one at a time and eight at a time, on servers that it
starts itself on 127.0.0.1, beside two baselines measured in the same rounds: a bare HTTP server, and a bare Kafka
producer.

gateway and batch measure what an accepted event costs: processor time of the gateway and of Kafka, and events a
second, on Kafka. gateway sends one event a request, batch sends several. The baselines of the same rounds are a bare
HTTP server that parses JSON, and a stock Nest gateway: ValidationPipe and ClientKafka as they come.

  --on SET         latency: kafka, embedded or both; default both
  --rounds N       how often everything is measured, 1 to 50; default 5
  --requests N     latency: requests of one measurement at one at a time, 20 to 10000; default 200 (eight at a time: four times that)
  --seconds N      gateway, batch: of one measurement, 1 to 60; default 3
  --no-keep-alive  latency: a new connection for every request, as the public Python client does
  --quick          gateway, batch: one short round, which shows that everything runs and whose numbers say nothing
  --out FILE       where the JSON goes; default .cache/bench/<benchmark>-<date>.json
  --json           print the JSON instead of tables
  --help           print this
`;

export type DriverSet = 'kafka' | 'embedded';
const BENCHMARKS = ['latency', 'gateway', 'batch'] as const;
export type Benchmark = (typeof BENCHMARKS)[number];
/** With options of their own. */
const OTHERS = ['projector', 'end-to-end', 'gateways', 'rebuild', 'subscriber', 'growth', 'capacity', 'compare'];

export interface BenchOptions {
  readonly help: boolean;
  readonly benchmark: Benchmark;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly latency: LatencyOptions;
  readonly cost: CostOptions;
}

export interface LatencyOptions {
  readonly driverSets: readonly DriverSet[];
  readonly rounds: number;
  readonly requests: number;
  readonly keepAlive: boolean;
}

export interface CostOptions {
  readonly rounds: number;
  /** Of one measurement. */
  readonly seconds: number;
  /** Before the first round, so that everything is compiled. */
  readonly warmUpSeconds: number;
}

const QUICK: CostOptions = { rounds: 1, seconds: 0.5, warmUpSeconds: 0.5 };
const WARM_UP_SECONDS = 3;

const OPTIONS = {
  help: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  on: { type: 'string', default: 'both' },
  rounds: { type: 'string', default: '5' },
  requests: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '3' },
  'no-keep-alive': { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  out: { type: 'string' },
} as const;

export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseOptions(args, OPTIONS);
  const rounds = wholeNumber('--rounds', values.rounds, { min: 1, max: 50 });
  const seconds = wholeNumber('--seconds', values.seconds, { min: 1, max: 60 });
  return {
    help: values.help,
    benchmark: values.help ? 'latency' : benchmarkOf(positionals),
    json: values.json,
    out: values.out,
    latency: {
      driverSets: driverSetsOf(values.on),
      rounds,
      requests: wholeNumber('--requests', values.requests, { min: 20, max: 10_000 }),
      keepAlive: !values['no-keep-alive'],
    },
    cost: values.quick ? QUICK : { rounds, seconds, warmUpSeconds: WARM_UP_SECONDS },
  };
}

function benchmarkOf([name, ...rest]: readonly string[]): Benchmark {
  const known = BENCHMARKS.find((each) => each === name);
  if (known !== undefined && rest.length === 0) return known;
  const wrong = name === undefined ? 'no benchmark named' : `no benchmark ${[name, ...rest].join(' ')}`;
  throw new BenchUsageError(`${wrong}; there is: ${[...BENCHMARKS, ...OTHERS].join(', ')} (see --help)`);
}

function driverSetsOf(text: string): DriverSet[] {
  if (text === 'both') return ['kafka', 'embedded'];
  if (text === 'kafka' || text === 'embedded') return [text];
  throw new BenchUsageError(`--on ${text}: must be kafka, embedded or both`);
}
