import { BenchUsageError } from '../usage.js';
import { readSubscriberOptions } from './subscriber.options.js';

describe('readSubscriberOptions', () => {
  it('counts two hundred thousand messages five times, the stock service a tenth, unless told otherwise', () => {
    expect(readSubscriberOptions([])).toMatchObject({ messages: 200_000, stockMessages: 20_000, rounds: 5 });
    expect(readSubscriberOptions(['--messages', '500'])).toMatchObject({ messages: 500, stockMessages: 500 });
  });

  it.each([
    [['--messages', '499']],
    [['--messages', '5000001']],
    [['--messages', '500', '--stock-messages', '501']],
    [['--rounds', '0']],
    [['latency']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => readSubscriberOptions(args)).toThrow(BenchUsageError);
  });
});
