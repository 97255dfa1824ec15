import { trendOf } from './series.js';

const at = (values: readonly number[]) => ({ atSeconds: values.map((_, second) => second), values });

describe('trendOf', () => {
  it('tells growth from noise', () => {
    expect(trendOf(at([10, 11, 12, 13, 14, 15]))).toEqual({
      firstThird: 10.5,
      lastThird: 14.5,
      max: 15,
      perMinute: 60,
    });
    expect(trendOf(at([10, 90, 10, 10, 90, 10])).perMinute).toBe(0);
  });

  it('is not misled by one high value', () => {
    expect(trendOf(at([1, 1, 1, 5, 5, 5, 1, 100, 1]))).toMatchObject({ firstThird: 1, lastThird: 1, max: 100 });
  });

  it('has a level where there is one value', () => {
    expect(trendOf(at([7]))).toEqual({ firstThird: 7, lastThird: 7, max: 7, perMinute: 0 });
  });
});
