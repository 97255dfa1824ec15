import { BenchUsageError } from '../usage.js';
import { readProjectorOptions } from './projector.options.js';

describe('readProjectorOptions', () => {
  it('folds two hundred thousand events three times, the stock consumer a hundredth, unless told otherwise', () => {
    expect(readProjectorOptions([])).toMatchObject({ events: 200_000, stockEvents: 2_000, rounds: 3 });
    expect(readProjectorOptions(['--events', '500'])).toMatchObject({ events: 500, stockEvents: 500 });
    expect(readProjectorOptions(['--quick'])).toMatchObject({ events: 2_000, stockEvents: 100, rounds: 1 });
  });

  it.each([
    [['--events', '499']],
    [['--events', '5000001']],
    [['--stock-events', '99']],
    [['--events', '500', '--stock-events', '501']],
    [['--rounds', '0']],
    [['--rounds', '51']],
    [['latency']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => readProjectorOptions(args)).toThrow(BenchUsageError);
  });
});
