import { readFile } from 'node:fs/promises';
import { BenchUsageError } from '../usage.js';

/** What each unit cost is, with its unit last, and whether it is measured or a choice of whoever plans. */
export const UNIT_COSTS = {
  gatewayCpuUs: 'gateway CPU, µs an event, batches of 100',
  kafkaCpuUs: 'broker CPU, µs an event, appended once',
  projectorCpuUs: 'projector CPU, µs an event',
  postgresCpuUs: 'PostgreSQL CPU, µs an event',
  requestBytes: 'HTTP, bytes an event',
  messageBytes: 'message with key and headers, bytes, not compressed',
  logBytes: 'the same in the log, bytes, LZ4',
  postgresBytes: 'rows and indexes, bytes an event',
  busyShareMax: 'share of a core that is planned with',
  replicas: 'replicas of a partition',
  brokerCores: 'cores of a broker',
  brokerNetworkBytes: 'bytes a second into and out of a broker',
  brokerDiskBytes: 'disk of a broker, bytes',
  brokerDays: 'days of the log on the disks of brokers',
  postgresCores: 'cores of a PostgreSQL server',
} as const;

export type UnitCostName = keyof typeof UNIT_COSTS;
export type UnitCosts = Readonly<Record<UnitCostName, number>>;

/** A cost as its file gives it. */
interface StatedCost {
  readonly value: number;
  /** Where the number is from. */
  readonly source: string;
}
export type StatedCosts = Readonly<Record<UnitCostName, StatedCost>>;

export const UNIT_COST_NAMES = Object.keys(UNIT_COSTS) as UnitCostName[];

export async function readUnitCosts(file: string): Promise<StatedCosts> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new BenchUsageError(`${file} is no JSON of unit costs: ${(error as Error).message}`, { cause: error });
  }
  const given = (parsed ?? {}) as Readonly<Record<string, Partial<StatedCost> | undefined>>;
  const wrong = [
    ...UNIT_COST_NAMES.filter((name) => !isCost(given[name])).map(
      (name) => `${name} must be {"value": a number above 0, "source": "where it is from"}`,
    ),
    ...Object.keys(given)
      .filter((name) => !(name in UNIT_COSTS))
      .map((name) => `there is no unit cost ${name}`),
  ];
  if (wrong.length > 0) throw new BenchUsageError(`${file}: ${wrong.join('; ')}`);
  return given as StatedCosts;
}

const isCost = (cost: Partial<StatedCost> | undefined): boolean =>
  typeof cost?.value === 'number' && cost.value > 0 && typeof cost.source === 'string';

export const valuesOf = (stated: StatedCosts): UnitCosts =>
  Object.fromEntries(UNIT_COST_NAMES.map((name) => [name, stated[name].value])) as UnitCosts;
