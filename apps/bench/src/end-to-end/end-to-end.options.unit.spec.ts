import { BenchUsageError } from '../usage.js';
import { readEndToEndOptions } from './end-to-end.options.js';

describe('readEndToEndOptions', () => {
  it('sends single events to the gateway on Kafka, and finds the highest rate itself, unless told otherwise', () => {
    expect(readEndToEndOptions([])).toMatchObject({
      drivers: 'kafka',
      eventsPerRequest: 1,
      maximum: undefined,
      seconds: 10,
      soakSeconds: 60,
    });
    expect(readEndToEndOptions(['--maximum', '100', '--minutes', '5', '--drivers', 'embedded'])).toMatchObject({
      drivers: 'embedded',
      maximum: 100,
      soakSeconds: 300,
    });
    expect(readEndToEndOptions(['--quick'])).toMatchObject({ maximum: 200, seconds: 1, soakSeconds: 2 });
  });

  it.each([
    [['--drivers', 'both']],
    [['--events-per-request', '0']],
    [['--events-per-request', '1001']],
    [['--maximum', '99']],
    [['--maximum', '1000001']],
    [['--seconds', '0']],
    [['--seconds', '121']],
    [['--minutes', '61']],
    [['latency']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => readEndToEndOptions(args)).toThrow(BenchUsageError);
  });
});
