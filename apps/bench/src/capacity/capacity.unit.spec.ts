import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCapacityOptions } from './capacity.options.js';
import { NEEDS } from './needs.js';
import { renderCapacity } from './report.js';
import { readUnitCosts, UNIT_COST_NAMES, type StatedCosts, type UnitCosts } from './unit-costs.js';

const COSTS: UnitCosts = {
  gatewayCpuUs: 30,
  kafkaCpuUs: 10,
  projectorCpuUs: 20,
  postgresCpuUs: 40,
  requestBytes: 1_400,
  messageBytes: 2_000,
  logBytes: 400,
  postgresBytes: 500,
  busyShareMax: 0.5,
  replicas: 3,
  brokerCores: 8,
  brokerNetworkBytes: 1_000_000_000,
  brokerDiskBytes: 8_000_000_000_000,
  brokerDays: 7,
  postgresCores: 16,
};

const needed = (name: string, rate: number): number | undefined =>
  NEEDS.find((need) => need.name === name)?.of(COSTS, rate);

describe('what a rate needs', () => {
  it('counts processes and servers in whole ones, by what each takes of a core', () => {
    // 100,000 × 30 µs are 3 cores; half of each is planned with.
    expect(needed('gateway processes', 100_000)).toBe(6);
    expect(needed('gateway processes', 100_001)).toBe(7);
    expect(needed('projector processes', 100_000)).toBe(4);
    expect(needed('PostgreSQL cores', 100_000)).toBe(8);
    expect(needed('PostgreSQL servers', 200_000)).toBe(1);
    expect(needed('PostgreSQL servers', 200_001)).toBe(2);
  });

  it('counts brokers by their cores, their network and their disk', () => {
    // 10 µs three times are 3 cores of 100,000, of which half is planned with.
    expect(needed('broker cores', 100_000)).toBe(6);
    expect(needed('brokers by cores', 400_000)).toBe(3);
    expect(needed('brokers by cores', 400_001)).toBe(4);
    // 400 bytes six times, half of a gigabyte a second each.
    expect(needed('brokers by network', 625_000)).toBe(3);
    expect(needed('brokers by network', 625_001)).toBe(4);
    // 1,000 events leave 104 GB a day: 726 GB in a week, of which half of 8 TB hold 5.5.
    expect(needed('brokers by disk', 5_511)).toBe(1);
    expect(needed('brokers by disk', 5_512)).toBe(2);
  });

  it('has partitions in which one batch after the other is folded and written', () => {
    expect(needed('partitions of events', 100_000)).toBe(12);
    expect(needed('partitions of events', 100_001)).toBe(13);
  });

  it('adds up disk a day and the network', () => {
    expect(needed('log a day, LZ4, all replicas', 1_000)).toBe(1_000 * 400 * 86_400 * 3);
    expect(needed('log a day, not compressed', 1_000)).toBe(1_000 * 2_000 * 86_400 * 3);
    expect(needed('PostgreSQL a day', 1_000)).toBe(1_000 * 500 * 86_400);
    expect(needed('network, applications to gateways', 1_000)).toBe(1_400_000);
    // Appended, sent to two replicas and taken by them, fetched by the projectors.
    expect(needed('network, into and out of brokers', 1_000)).toBe(400_000 * 6);
  });
});

describe('readUnitCosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logbook-capacity-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const stated = Object.fromEntries(UNIT_COST_NAMES.map((name) => [name, { value: COSTS[name], source: 'here' }]));
  const write = (content: unknown): string => {
    const file = join(folder, 'costs.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  it('takes the costs of a file with their sources', async () => {
    expect(await readUnitCosts(write(stated))).toEqual(stated);
  });

  it.each([
    ['one that is missing', { ...stated, logBytes: undefined }, 'logBytes must be'],
    ['one that is zero', { ...stated, logBytes: { value: 0, source: '' } }, 'logBytes must be'],
    ['one without a source', { ...stated, logBytes: { value: 1 } }, 'logBytes must be'],
    [
      'one that there is not',
      { ...stated, logKilobytes: { value: 1, source: '' } },
      'there is no unit cost logKilobytes',
    ],
    ['what is no object', null, 'gatewayCpuUs must be'],
  ])('refuses %s', async (_, content, message) => {
    await expect(readUnitCosts(write(content))).rejects.toThrow(message);
  });
});

describe('readCapacityOptions', () => {
  it('takes one rate or several, 1 to a thousand million', () => {
    expect(readCapacityOptions([]).rates).toEqual([1_000, 50_000, 1_000_000]);
    expect(readCapacityOptions(['--rate', '1', '--rate', '1000000000']).rates).toEqual([1, 1_000_000_000]);
    expect(() => readCapacityOptions(['--rate', '0'])).toThrow('--rate 0');
    expect(() => readCapacityOptions(['--rate', '1000000001'])).toThrow('--rate 1000000001');
  });
});

describe('renderCapacity', () => {
  const stated = Object.fromEntries(
    UNIT_COST_NAMES.map((name) => [name, { value: COSTS[name], source: 'here' }]),
  ) as StatedCosts;

  it('prints a column for each rate and the computation of each row', () => {
    const text = renderCapacity(stated, [1_000, 1_000_000]);
    expect(text).toMatch(/^\| `logBytes` +\| 400 +\| the same in the log, bytes, LZ4 +\| here +\|$/m);
    expect(text).toMatch(/^\| needed +\| 1,000 events\/s \| 1,000,000 events\/s \| computed/m);
    expect(text).toMatch(/^\| gateway processes +\| 1 +\| 60 +\| rate × gatewayCpuUs/m);
    expect(text).toMatch(/^\| PostgreSQL cores +\| 0\.1 +\| 80 +\|/m);
    expect(text).toMatch(/^\| log a day, LZ4, all replicas +\| 104 GB +\| 104 TB +\|/m);
    expect(text).toMatch(/^\| network, applications to gateways +\| 1\.4 MB\/s +\| 1\.4 GB\/s +\|/m);
  });
});

describe('docs/capacity.md', () => {
  it('holds the tables that the command prints', async () => {
    const page = readFileSync(join(__dirname, '../../../../docs/capacity.md'), 'utf8');
    const { costs, rates } = readCapacityOptions([]);
    expect(page).toContain(renderCapacity(await readUnitCosts(costs), rates).trimEnd());
  });
});
