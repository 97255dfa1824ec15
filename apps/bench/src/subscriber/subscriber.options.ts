import { parseOptionsOnly, REPORT_OPTIONS, roundsOf, wholeNumber } from '../usage.js';

export const SUBSCRIBER_HELP = `Usage: npm run bench -- subscriber [options]

Fills a log on Kafka, then counts its events in interleaved rounds, each in a process of its own: by the subscriber library
with a handler of many messages and with one of single messages, by a bare kafkajs eachBatch loop, and by a stock Nest
Kafka microservice. Measured is from the first message to the last. Uses the servers of the environment as rebuild does.

  --messages N        events in the log, 500 to 5000000; default 200000
  --stock-messages N  how many of them the stock microservice counts; default 20000
  --rounds N          how often everything is measured, 1 to 50; default 5
  --out FILE          where the JSON goes; default .cache/bench/subscriber-<date>.json
  --json              print the JSON instead of tables
  --help              print this
`;

export interface SubscriberBenchOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly messages: number;
  readonly stockMessages: number;
  readonly rounds: number;
  readonly out: string | undefined;
}

const OPTIONS = {
  ...REPORT_OPTIONS,
  messages: { type: 'string', default: '200000' },
  'stock-messages': { type: 'string' },
  rounds: { type: 'string', default: '5' },
} as const;

export function readSubscriberOptions(args: readonly string[]): SubscriberBenchOptions {
  const values = parseOptionsOnly('subscriber', args, OPTIONS);
  const messages = wholeNumber('--messages', values.messages, { min: 500, max: 5_000_000 });
  return {
    help: values.help,
    json: values.json,
    messages,
    stockMessages: wholeNumber('--stock-messages', values['stock-messages'] ?? String(Math.min(20_000, messages)), {
      min: 500,
      max: messages,
    }),
    rounds: roundsOf(values.rounds),
    out: values.out,
  };
}
