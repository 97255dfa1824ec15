import { parseOptionsOnly, REPORT_OPTIONS, roundsOf, wholeNumber } from '../usage.js';

export const GATEWAYS_HELP = `Usage: npm run bench -- gateways [options]

Compares one gateway with two beside each other on the same Kafka: one event of 1.3 KB a request over kept connections,
as fast as answers come, in interleaved rounds. Kafka and the load generator share the machine's processors with the
gateways, so that it counts what a second of a gateway's processor time accepts as well as the rate itself.

  --rounds N   how often both are measured, 1 to 50; default 5
  --seconds N  of one measurement, 1 to 60; default 5
  --quick      one short round, which shows that everything runs and whose numbers say nothing
  --out FILE   where the JSON goes; default .cache/bench/gateways-<date>.json
  --json       print the JSON instead of tables
  --help       print this
`;

export interface GatewaysOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly out: string | undefined;
}

const QUICK = { rounds: 1, seconds: 0.5, warmUpSeconds: 0.5 };
const WARM_UP_SECONDS = 3;

const OPTIONS = {
  ...REPORT_OPTIONS,
  rounds: { type: 'string', default: '5' },
  seconds: { type: 'string', default: '5' },
  quick: { type: 'boolean', default: false },
} as const;

export function readGatewaysOptions(args: readonly string[]): GatewaysOptions {
  const values = parseOptionsOnly('gateways', args, OPTIONS);
  return {
    help: values.help,
    json: values.json,
    rounds: roundsOf(values.rounds),
    seconds: wholeNumber('--seconds', values.seconds, { min: 1, max: 60 }),
    warmUpSeconds: WARM_UP_SECONDS,
    ...(values.quick && QUICK),
    out: values.out,
  };
}
