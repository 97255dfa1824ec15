import type { UnitCosts } from './unit-costs.js';

const US_PER_SECOND = 1_000_000;
const SECONDS_PER_DAY = 86_400;

/** A thing that a rate of events needs so many of. */
export interface Need {
  readonly name: string;
  /** The computation below in the names of the unit costs, for whoever wants to check it. */
  readonly formula: string;
  readonly of: (costs: UnitCosts, rate: number) => number;
  readonly unit: 'count' | 'cores' | 'bytes a second' | 'bytes';
}

const cores = (rate: number, us: number): number => (rate * us) / US_PER_SECOND;

const gatewayCores = (costs: UnitCosts, rate: number): number => cores(rate, costs.gatewayCpuUs);
const kafkaCores = (costs: UnitCosts, rate: number): number => cores(rate, costs.kafkaCpuUs) * costs.replicas;
const projectorCores = (costs: UnitCosts, rate: number): number => cores(rate, costs.projectorCpuUs);
const logBytesADay = (costs: UnitCosts, rate: number): number =>
  rate * costs.logBytes * SECONDS_PER_DAY * costs.replicas;
const brokerTraffic = (costs: UnitCosts, rate: number): number =>
  rate * costs.logBytes * (1 + 2 * (costs.replicas - 1) + 1);
const postgresCores = (costs: UnitCosts, rate: number): number => cores(rate, costs.postgresCpuUs);

/** Every process of Node has one thread that counts. Projectors beyond the partitions would idle. */
export const NEEDS: readonly Need[] = [
  {
    name: 'gateway processes',
    formula: 'rate × gatewayCpuUs / 10⁶ / busyShareMax',
    of: (costs, rate) => Math.ceil(gatewayCores(costs, rate) / costs.busyShareMax),
    unit: 'count',
  },
  {
    name: 'broker cores',
    formula: 'rate × kafkaCpuUs / 10⁶ × replicas / busyShareMax',
    of: (costs, rate) => kafkaCores(costs, rate) / costs.busyShareMax,
    unit: 'cores',
  },
  {
    name: 'brokers by cores',
    formula: 'broker cores / brokerCores',
    of: (costs, rate) => Math.ceil(kafkaCores(costs, rate) / costs.busyShareMax / costs.brokerCores),
    unit: 'count',
  },
  {
    name: 'brokers by network',
    formula: 'network of brokers / brokerNetworkBytes / busyShareMax',
    of: (costs, rate) => Math.ceil(brokerTraffic(costs, rate) / costs.brokerNetworkBytes / costs.busyShareMax),
    unit: 'count',
  },
  {
    name: 'brokers by disk',
    formula: 'log a day × brokerDays / brokerDiskBytes / busyShareMax',
    of: (costs, rate) =>
      Math.ceil((logBytesADay(costs, rate) * costs.brokerDays) / costs.brokerDiskBytes / costs.busyShareMax),
    unit: 'count',
  },
  {
    name: 'projector processes',
    formula: 'rate × projectorCpuUs / 10⁶ / busyShareMax',
    of: (costs, rate) => Math.ceil(projectorCores(costs, rate) / costs.busyShareMax),
    unit: 'count',
  },
  {
    name: 'partitions of events',
    formula: 'rate × (projectorCpuUs + postgresCpuUs) / 10⁶ / busyShareMax, in turn in each',
    of: (costs, rate) => Math.ceil((projectorCores(costs, rate) + postgresCores(costs, rate)) / costs.busyShareMax),
    unit: 'count',
  },
  {
    name: 'PostgreSQL cores',
    formula: 'rate × postgresCpuUs / 10⁶ / busyShareMax',
    of: (costs, rate) => postgresCores(costs, rate) / costs.busyShareMax,
    unit: 'cores',
  },
  {
    name: 'PostgreSQL servers',
    formula: 'PostgreSQL cores / postgresCores',
    of: (costs, rate) => Math.ceil(postgresCores(costs, rate) / costs.busyShareMax / costs.postgresCores),
    unit: 'count',
  },
  {
    name: 'log a day, LZ4, all replicas',
    formula: 'rate × logBytes × 86,400 × replicas',
    of: logBytesADay,
    unit: 'bytes',
  },
  {
    name: 'log a day, not compressed',
    formula: 'rate × messageBytes × 86,400 × replicas',
    of: (costs, rate) => rate * costs.messageBytes * SECONDS_PER_DAY * costs.replicas,
    unit: 'bytes',
  },
  {
    name: 'PostgreSQL a day',
    formula: 'rate × postgresBytes × 86,400',
    of: (costs, rate) => rate * costs.postgresBytes * SECONDS_PER_DAY,
    unit: 'bytes',
  },
  {
    name: 'network, applications to gateways',
    formula: 'rate × requestBytes',
    of: (costs, rate) => rate * costs.requestBytes,
    unit: 'bytes a second',
  },
  {
    name: 'network, into and out of brokers',
    formula: 'rate × logBytes × (1 + 2 × (replicas − 1) + 1): appended, replicated out and in, fetched once',
    of: brokerTraffic,
    unit: 'bytes a second',
  },
];
