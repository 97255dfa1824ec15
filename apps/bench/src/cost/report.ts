import type { ComparableReport, ComparedRatio } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import type { Benchmark, CostOptions } from '../options.js';
import { showSpread, textTable } from '../text-table.js';
import { summarizeCost, type CostRow, type CostSample } from './summary.js';

export interface CostReport extends ComparableReport {
  readonly benchmark: Exclude<Benchmark, 'latency'>;
  readonly settings: CostOptions;
  readonly rows: readonly CostRow[];
  /** Every measurement of every round, in the order they were made. */
  readonly samples: readonly CostSample[];
}

const PACKAGES = ['kafkajs', '@nestjs/core', '@nestjs/platform-fastify', '@nestjs/microservices', '@logbook/gateway'];

export function buildCostReport(
  benchmark: CostReport['benchmark'],
  settings: CostOptions,
  samples: readonly CostSample[],
  date: Date,
): CostReport {
  const rows = summarizeCost(samples);
  return { benchmark, ...originOf(date, PACKAGES), settings, compared: comparedOf(rows), rows, samples };
}

const comparedOf = (rows: readonly CostRow[]): ComparedRatio[] =>
  rows
    .filter(({ server }) => server === 'Logbook')
    .flatMap(({ shape, cpuRatio }) =>
      Object.entries(cpuRatio).map(([baseline, spread]) => ({
        name: `${shape}: CPU × ${baseline}`,
        better: 'LOWER' as const,
        spread,
      })),
    );

const HEADINGS = [
  'shape',
  'server',
  'events/s',
  'CPU us/event',
  'x bare HTTP',
  'x stock Nest',
  'x first shape',
  'Kafka us/event',
  'body B/event',
  'log B/event',
  'LZ4 ×',
];

/** A table for people: medians (least to most of the rounds). */
export function renderCostReport({ settings, rows, samples, benchmark, ...origin }: CostReport): string {
  const cells = rows.map((row) => [
    row.shape,
    row.server,
    showSpread(row.eventsPerSecond, 0),
    showSpread(row.serverUsPerEvent, 1),
    showSpread(row.cpuRatio['bare HTTP'], 2),
    showSpread(row.cpuRatio['stock Nest'], 2),
    showSpread(row.firstShapeRatio, 2),
    showSpread(row.kafkaUsPerEvent, 1),
    row.bodyBytesPerEvent.median.toFixed(0),
    row.logBytesPerEvent?.median.toFixed(0) ?? '-',
    showSpread(row.shrink, 1),
  ]);
  const lines = [
    originLine(origin),
    `${benchmark}: ${settings.rounds} rounds of ${settings.seconds} s, ${samples.length} measurements; medians (least–most); CPU of the server's process; log: all of a message at rest, and how often more it was uncompressed`,
    '',
    ...textTable(HEADINGS, cells),
  ];
  return `${lines.join('\n')}\n`;
}
