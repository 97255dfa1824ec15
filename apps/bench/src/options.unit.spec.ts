import { readBenchOptions } from './options.js';
import { BenchUsageError } from './usage.js';

describe('readBenchOptions', () => {
  it('measures both driver sets in five rounds unless told otherwise', () => {
    expect(readBenchOptions(['latency'])).toMatchObject({
      benchmark: 'latency',
      latency: { driverSets: ['kafka', 'embedded'], rounds: 5, requests: 200, keepAlive: true },
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
    expect(options).toMatchObject({
      latency: { driverSets: ['embedded'], rounds: 2, requests: 50, keepAlive: false },
      json: true,
    });
    expect(readBenchOptions(['batch', '--rounds', '2', '--seconds', '4'])).toMatchObject({
      benchmark: 'batch',
      cost: { rounds: 2, seconds: 4 },
    });
  });

  it('quick is one short round', () => {
    expect(readBenchOptions(['gateway', '--quick', '--rounds', '9']).cost).toMatchObject({ rounds: 1, seconds: 0.5 });
  });

  it.each([
    [[], 'no benchmark named'],
    [
      ['throughput'],
      'no benchmark throughput; there is: latency, gateway, batch, projector, end-to-end, gateways, rebuild, subscriber, growth, capacity, compare',
    ],
    [['gateway', 'batch'], 'no benchmark gateway batch'],
    [['gateway', '--seconds', '61'], '--seconds 61: must be a whole number from 1 to 60'],
    [['latency', '--rounds', '0'], '--rounds 0: must be a whole number from 1 to 50'],
    [['latency', '--requests', 'many'], '--requests many: must be a whole number'],
    [['latency', '--on', 'redis'], '--on redis: must be kafka, embedded or both'],
    [['latency', '--fast'], 'see --help'],
  ])('refuses %j in a line that says what to do', (args, sentence) => {
    expect(() => readBenchOptions(args)).toThrow(BenchUsageError);
    expect(() => readBenchOptions(args)).toThrow(sentence);
  });
});
