import { BenchUsageError } from '../usage.js';
import { readRebuildOptions } from './rebuild.options.js';

describe('readRebuildOptions', () => {
  it('measures three rounds of a hundred thousand events, and no memory, unless told otherwise', () => {
    expect(readRebuildOptions([])).toMatchObject({
      events: 100_000,
      rounds: 3,
      emmettEvents: 5_000,
      memoryEvents: undefined,
    });
  });

  it('takes what it is told', () => {
    const args = ['--events', '300', '--rounds', '2', '--emmett-events', '0', '--memory', '900', '--json'];
    expect(readRebuildOptions(args)).toMatchObject({
      events: 300,
      rounds: 2,
      emmettEvents: 0,
      memoryEvents: 900,
      json: true,
    });
  });

  it.each([[['--memory']], [['--memory', '--json']]])('compares memory at a million events for %j', (args) => {
    expect(readRebuildOptions(args)).toMatchObject({ memoryEvents: 1_000_000 });
  });

  it.each([
    [['--events', '10'], '--events 10: must be a whole number from 200 to 5000000'],
    [['--emmett-events', '-1'], 'see --help'],
    [['everything'], 'rebuild takes options only'],
    [['--fast'], 'see --help'],
  ])('refuses %j in a line that says what to do', (args, sentence) => {
    expect(() => readRebuildOptions(args)).toThrow(BenchUsageError);
    expect(() => readRebuildOptions(args)).toThrow(sentence);
  });
});
