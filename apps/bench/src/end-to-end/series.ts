import { spreadOf } from '../statistics.js';

/** What one number was at moments of a phase. */
export interface Series {
  /** Seconds since the phase began. */
  readonly atSeconds: readonly number[];
  readonly values: readonly number[];
}

export interface Trend {
  /** Medians of the first and the last third of the time. */
  readonly firstThird: number;
  readonly lastThird: number;
  readonly max: number;
  /** By least squares over everything. */
  readonly perMinute: number;
}

export function trendOf({ atSeconds, values }: Series): Trend {
  const third = Math.max(1, Math.floor(values.length / 3));
  return {
    firstThird: spreadOf(values.slice(0, third)).median,
    lastThird: spreadOf(values.slice(-third)).median,
    max: Math.max(...values),
    perMinute: 60 * slope(atSeconds, values),
  };
}

function slope(at: readonly number[], values: readonly number[]): number {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const [atMean, valueMean] = [mean(at), mean(values)];
  const [rise, run] = at.reduce(
    ([rise, run], x, index) => [rise + (x - atMean) * ((values[index] ?? NaN) - valueMean), run + (x - atMean) ** 2],
    [0, 0],
  );
  return run === 0 ? 0 : rise / run;
}
