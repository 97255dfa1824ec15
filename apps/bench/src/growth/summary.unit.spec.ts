import type { GrowthSample } from './dimensions.js';
import { summarizeGrowth } from './summary.js';

const sample = (overrides: Partial<GrowthSample>): GrowthSample => ({
  round: 1,
  dimension: 'body',
  series: 'gateway',
  size: 1_000,
  usPerEvent: 50,
  ...overrides,
});

describe('summarizeGrowth', () => {
  const rows = summarizeGrowth([
    sample({ size: 10_000, usPerEvent: 100 }),
    sample({}),
    sample({ size: 100_000, usPerEvent: 5_000 }),
    sample({ series: 'bare HTTP', usPerEvent: 30 }),
    sample({ round: 2, usPerEvent: 20 }),
    sample({ round: 2, size: 10_000, usPerEvent: 80 }),
    sample({ round: 2, size: 100_000, usPerEvent: 2_000 }),
    sample({ dimension: 'batch', size: 10, usPerEvent: 9 }),
  ]);
  const rowOf = (series: string, size: number) => rows.find((row) => row.series === series && row.size === size);

  it('divides by the smallest size of the same round', () => {
    expect(rowOf('gateway', 10_000)).toMatchObject({
      usPerEvent: { median: 90, min: 80, max: 100 },
      timesSmallest: { median: 3, min: 2, max: 4 },
    });
    expect(rowOf('gateway', 1_000)).toMatchObject({ timesSmallest: null, exponent: null });
  });

  it('tells growth in proportion by an exponent of 1, and a constant cost by 0', () => {
    expect(rowOf('gateway', 100_000)?.timesSmallest?.median).toBe(100);
    expect(rowOf('gateway', 100_000)?.exponent).toBeCloseTo(1, 9);
    const constant = summarizeGrowth([sample({}), sample({ size: 10_000 })]);
    expect(constant.map(({ exponent }) => exponent)).toEqual([null, 0]);
  });

  it('compares with nothing where the smallest size costs nothing that can be counted', () => {
    const [, larger] = summarizeGrowth([sample({ usPerEvent: 0 }), sample({ size: 10_000 })]);
    expect(larger).toMatchObject({ timesSmallest: null, exponent: null });
  });

  it('keeps the order of the series and sorts the sizes of each', () => {
    expect(rows.map(({ dimension, series, size }) => `${dimension} ${series} ${size}`)).toEqual([
      'body gateway 1000',
      'body gateway 10000',
      'body gateway 100000',
      'body bare HTTP 1000',
      'batch gateway 10',
    ]);
  });
});
