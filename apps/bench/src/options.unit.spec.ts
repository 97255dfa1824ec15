import { BenchUsageError, readBenchOptions } from './options.js';

describe('readBenchOptions', () => {
  it('measures both driver sets in five rounds unless told otherwise', () => {
    expect(readBenchOptions(['latency'])).toMatchObject({
      driverSets: ['kafka', 'embedded'],
      rounds: 5,
      requests: 200,
      keepAlive: true,
    });
  });

  it('takes what it is told', () => {
    const options = readBenchOptions([
      'latency',
      '--on',
      'embedded',
      '--rounds',
      '2',
      '--requests',
      '50',
      '--no-keep-alive',
      '--json',
    ]);
    expect(options).toMatchObject({ driverSets: ['embedded'], rounds: 2, requests: 50, keepAlive: false, json: true });
  });

  it.each([
    [[], 'no benchmark named'],
    [['throughput'], 'no benchmark throughput'],
    [['latency', '--rounds', '0'], '--rounds 0: must be a whole number from 1 to 50'],
    [['latency', '--requests', 'many'], '--requests many: must be a whole number'],
    [['latency', '--on', 'redis'], '--on redis: must be kafka, embedded or both'],
    [['latency', '--fast'], 'see --help'],
  ])('refuses %j in a line that says what to do', (args, sentence) => {
    expect(() => readBenchOptions(args)).toThrow(BenchUsageError);
    expect(() => readBenchOptions(args)).toThrow(sentence);
  });
});
