import { spreadOf, type Spread } from '../statistics.js';
import type { Dimension, GrowthSample } from './dimensions.js';

/** What all rounds of one series at one size came to. */
export interface GrowthRow {
  readonly dimension: Dimension;
  readonly series: string;
  readonly size: number;
  readonly usPerEvent: Spread;
  /** Divided by the same series' at its smallest size, of the same round; `null` at that size, and where it costs nothing. */
  readonly timesSmallest: Spread | null;
  /**
   * The power of the size that the cost of an event grew with since the smallest: 0 where an event costs the same, 1 where
   * it costs in proportion. `null` as before.
   */
  readonly exponent: number | null;
}

export function summarizeGrowth(samples: readonly GrowthSample[]): GrowthRow[] {
  const rows = new Map<string, GrowthSample[]>();
  for (const sample of samples) {
    const row = `${sample.dimension}\n${sample.series}\n${sample.size}`;
    rows.set(row, [...(rows.get(row) ?? []), sample]);
  }
  return [...rows.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [rowOf(first, group, samples)];
    })
    .sort(byPlace(samples));
}

function rowOf(first: GrowthSample, group: readonly GrowthSample[], samples: readonly GrowthSample[]): GrowthRow {
  const { dimension, series, size } = first;
  const ofSeries = samples.filter((sample) => sample.dimension === dimension && sample.series === series);
  const smallest = Math.min(...ofSeries.map((sample) => sample.size));
  const usPerEvent = spreadOf(group.map((sample) => sample.usPerEvent));
  const atSmallest = ofSeries.filter((sample) => sample.size === smallest);
  const quotients = group.flatMap(({ round, usPerEvent: us }) => {
    const other = atSmallest.find((sample) => sample.round === round);
    return other === undefined || other.usPerEvent === 0 ? [] : [us / other.usPerEvent];
  });
  if (size === smallest || quotients.length === 0) {
    return { dimension, series, size, usPerEvent, timesSmallest: null, exponent: null };
  }
  const timesSmallest = spreadOf(quotients);
  const exponent = Math.log(timesSmallest.median) / Math.log(size / smallest);
  return { dimension, series, size, usPerEvent, timesSmallest, exponent };
}

/** Series in the order in which they were first measured, each with its sizes in theirs. */
function byPlace(samples: readonly GrowthSample[]): (left: GrowthRow, right: GrowthRow) => number {
  const places = [...new Set(samples.map(({ dimension, series }) => `${dimension}\n${series}`))];
  const place = ({ dimension, series }: GrowthRow): number => places.indexOf(`${dimension}\n${series}`);
  return (left, right) => place(left) - place(right) || left.size - right.size;
}
