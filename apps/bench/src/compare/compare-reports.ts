import { isDeepStrictEqual } from 'node:util';
import type { Spread } from '../statistics.js';
import type { ComparableReport, ComparedRatio } from './compared-ratio.js';

/**
 * `HELD`: the kept share is at least what was asked. `FELL`: it is less. `NOISE`: it is less, but the median of one run
 * lies within the rounds of the other, so that the rounds themselves differ by as much.
 */
export type Verdict = 'HELD' | 'NOISE' | 'FELL';

export interface Comparison {
  readonly name: string;
  readonly baseline: Spread;
  readonly now: Spread;
  /** What is left of the baseline: 1 is the same, less is worse, whichever way the ratio counts. */
  readonly kept: number;
  readonly verdict: Verdict;
}

/** `DIFFERENT`: the two measured something else, so their ratios say nothing about each other. */
export type Compared =
  | { readonly outcome: 'DIFFERENT'; readonly reasons: readonly string[] }
  | {
      readonly outcome: 'COMPARED';
      readonly comparisons: readonly Comparison[];
      /** Machine and versions that differ: ratios survive that better than times, and not always. */
      readonly remarks: readonly string[];
    };

export function compareReports(
  baseline: ComparableReport,
  now: ComparableReport,
  { least }: { readonly least: number },
): Compared {
  const reasons = differences(baseline, now);
  if (reasons.length > 0) return { outcome: 'DIFFERENT', reasons };
  const comparisons = baseline.compared.flatMap((was) => {
    const is = now.compared.find(({ name }) => name === was.name);
    return is === undefined ? [] : [compareRatio(was, is, least)];
  });
  return { outcome: 'COMPARED', comparisons, remarks: remarks(baseline, now) };
}

function differences(baseline: ComparableReport, now: ComparableReport): string[] {
  if (baseline.benchmark !== now.benchmark) {
    return [`the baseline is of ${baseline.benchmark}, the result of ${now.benchmark}`];
  }
  const settings = isDeepStrictEqual(baseline.settings, now.settings)
    ? []
    : [`settings: the baseline had ${JSON.stringify(baseline.settings)}, the result ${JSON.stringify(now.settings)}`];
  const without = (one: ComparableReport, other: ComparableReport, which: string): string[] =>
    one.compared
      .filter(({ name, better }) => !other.compared.some((each) => each.name === name && each.better === better))
      .map(({ name }) => `only the ${which} has: ${name}`);
  return [...settings, ...without(baseline, now, 'baseline'), ...without(now, baseline, 'result')];
}

function compareRatio({ name, better, spread: baseline }: ComparedRatio, is: ComparedRatio, least: number): Comparison {
  const now = is.spread;
  const kept = better === 'LOWER' ? baseline.median / now.median : now.median / baseline.median;
  return { name, baseline, now, kept, verdict: verdictOf(kept, { baseline, now, least }) };
}

function verdictOf(
  kept: number,
  { baseline, now, least }: { readonly baseline: Spread; readonly now: Spread; readonly least: number },
): Verdict {
  if (kept >= least) return 'HELD';
  return within(now.median, baseline) || within(baseline.median, now) ? 'NOISE' : 'FELL';
}

const within = (value: number, { min, max }: Spread): boolean => value >= min && value <= max;

function remarks(baseline: ComparableReport, now: ComparableReport): string[] {
  return [
    ...changes('machine', baseline.machine, now.machine),
    ...changes('versions', baseline.versions, now.versions),
  ];
}

/** Load changes from minute to minute, and both reports print theirs. */
const OF_THE_MOMENT = 'loadAverage';

function changes(
  what: string,
  before: Readonly<Record<string, string | number>>,
  now: Readonly<Record<string, string | number>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return names
    .filter((name) => name !== OF_THE_MOMENT && before[name] !== now[name])
    .map((name) => `${what}: ${name} was ${before[name] ?? 'absent'} and is ${now[name] ?? 'absent'}`);
}
