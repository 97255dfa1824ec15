import { parseArgs } from 'node:util';
import { freePort, isFree } from '../services/ports.js';
import type { ServicesOptions } from '../services/start-services.js';

export const SERVICE_NAMES = ['kafka', 'postgres', 'redis'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

const DEFAULT_PORTS: Readonly<Record<ServiceName, number>> = { kafka: 9092, postgres: 5432, redis: 6379 };

export const HELP = `Usage: npm run stack -- [options]

Starts real Kafka, PostgreSQL and Redis on 127.0.0.1, without Docker, prints the environment
lines that point Logbook at them, and stops them on Ctrl-C (twice: at once).

  --data-dir DIR         keep the data in DIR; default: a temporary folder, removed at the end
  --kafka-port PORT      default 9092; 0: any free one
  --postgres-port PORT   default 5432; 0: any free one
  --redis-port PORT      default 6379; 0: any free one
  --ports free           any free ones for all three
  --without NAME         not this one: kafka, postgres or redis; may be repeated
  --no-fsync             PostgreSQL does not wait for the disk (for tests)
  --until-stdin-ends     also stop when standard input ends (for programs that start this one)
  --json                 print one line of JSON instead of export lines
  --help                 print this
`;

export interface StackOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly untilStdinEnds: boolean;
  readonly fsync: boolean;
  readonly dataDirectory: string | undefined;
  /** By service that is to run; 0 is any free one. */
  readonly ports: Readonly<Partial<Record<ServiceName, number>>>;
}

/** What the operator got wrong, in a line that says what to do. */
export class StackUsageError extends Error {
  override readonly name = 'StackUsageError';
}

export function readStackOptions(args: readonly string[]): StackOptions {
  const values = parse(args);
  if (values.ports !== undefined && values.ports !== 'free') {
    throw new StackUsageError('--ports takes one value, free; see --help');
  }
  const ports: Partial<Record<ServiceName, number>> = {};
  for (const name of SERVICE_NAMES) {
    if (values.without.includes(name)) continue;
    const fallback = values.ports === 'free' ? 0 : DEFAULT_PORTS[name];
    ports[name] = portOf(name, values[`${name}-port`], fallback);
  }
  const unknown = values.without.find((name) => !(SERVICE_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new StackUsageError(`--without ${unknown}: must be one of ${SERVICE_NAMES.join(', ')}`);
  return {
    help: values.help,
    json: values.json,
    untilStdinEnds: values['until-stdin-ends'],
    fsync: !values['no-fsync'],
    dataDirectory: values['data-dir'],
    ports,
  };
}

/** Chooses free ports where asked to, and refuses fixed ones that are taken, all in one error. */
export async function servicesOptions(
  options: StackOptions,
  onProgress: (sentence: string) => void,
): Promise<ServicesOptions> {
  const taken: string[] = [];
  for (const name of SERVICE_NAMES) {
    const port = options.ports[name];
    if (port !== undefined && port !== 0 && !(await isFree(port))) taken.push(`${port} (--${name}-port)`);
  }
  if (taken.length > 0) {
    throw new StackUsageError(
      `in use: port ${taken.join(', port ')}; stop what listens there, or choose another (0 takes any free one)`,
    );
  }
  const { dataDirectory, fsync } = options;
  const service = async (port: number | undefined) =>
    port === undefined ? (false as const) : { port: port || (await freePort()), dataDirectory, onProgress };
  const postgres = await service(options.ports.postgres);
  return {
    kafka: await service(options.ports.kafka),
    postgres: postgres === false ? false : { ...postgres, fsync },
    redis: await service(options.ports.redis),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'until-stdin-ends': { type: 'boolean', default: false },
        'no-fsync': { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
        'kafka-port': { type: 'string' },
        'postgres-port': { type: 'string' },
        'redis-port': { type: 'string' },
        ports: { type: 'string' },
        without: { type: 'string', multiple: true, default: [] },
      },
    }).values;
  } catch (error) {
    throw new StackUsageError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

function portOf(name: ServiceName, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new StackUsageError(`--${name}-port ${text}: must be a port, 0 to 65535`);
  }
  return port;
}
