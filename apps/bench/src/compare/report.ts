import { originLine } from '../machine.js';
import { showSpread, textTable } from '../text-table.js';
import type { Comparison } from './compare-reports.js';
import type { ComparableReport } from './compared-ratio.js';

export interface ComparisonText {
  readonly baseline: ComparableReport;
  readonly now: ComparableReport;
  readonly comparisons: readonly Comparison[];
  readonly remarks: readonly string[];
  readonly least: number;
}

/** A table for people: medians (least to most of the rounds). */
export function renderComparison({ baseline, now, comparisons, remarks, least }: ComparisonText): string {
  const rows = comparisons.map(({ name, baseline: was, now: is, kept, verdict }) => [
    name,
    showSpread(was, 2),
    showSpread(is, 2),
    kept.toFixed(2),
    verdict,
  ]);
  const count = (verdict: Comparison['verdict']): number =>
    comparisons.filter((comparison) => comparison.verdict === verdict).length;
  const lines = [
    `${baseline.benchmark}, ${JSON.stringify(baseline.settings)}; medians (least–most)`,
    `baseline: ${originLine(baseline)}`,
    `now:      ${originLine(now)}`,
    ...remarks,
    '',
    ...textTable(['ratio', 'baseline', 'now', 'left', ''], rows),
    '',
    `${count('HELD')} held, ${count('NOISE')} noise, ${count('FELL')} fell; at least ${least} must be left`,
  ];
  return `${lines.join('\n')}\n`;
}
