import { readGrowthOptions } from './growth.options.js';

describe('readGrowthOptions', () => {
  it('measures everything three times unless told otherwise', () => {
    expect(readGrowthOptions([])).toMatchObject({
      dimensions: ['batch', 'body', 'names', 'rows'],
      rounds: 3,
      results: [],
    });
    expect(readGrowthOptions(['--only', 'rows', '--rounds', '50'])).toMatchObject({ dimensions: ['rows'], rounds: 50 });
    expect(readGrowthOptions(['--quick'])).toMatchObject({ quick: true, rounds: 1 });
  });

  it('takes results for a plot alone', () => {
    expect(readGrowthOptions(['--svg', 'a.svg', 'b.json', 'c.json'])).toMatchObject({ results: ['b.json', 'c.json'] });
    expect(() => readGrowthOptions(['b.json'])).toThrow('b.json: results are for --svg');
  });

  it.each([
    ['--rounds', '0'],
    ['--rounds', '51'],
    ['--only', 'people'],
    ['--seconds', '3'],
  ])('refuses %s %s', (...args) => {
    expect(() => readGrowthOptions(args)).toThrow(args[0]);
  });
});
