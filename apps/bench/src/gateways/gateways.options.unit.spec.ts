import { BenchUsageError } from '../usage.js';
import { readGatewaysOptions } from './gateways.options.js';

describe('readGatewaysOptions', () => {
  it('measures five rounds of five seconds, unless told otherwise', () => {
    expect(readGatewaysOptions([])).toMatchObject({ rounds: 5, seconds: 5, warmUpSeconds: 3 });
    expect(readGatewaysOptions(['--rounds', '1', '--seconds', '60'])).toMatchObject({ rounds: 1, seconds: 60 });
    expect(readGatewaysOptions(['--quick'])).toMatchObject({ rounds: 1, seconds: 0.5 });
  });

  it.each([
    [['--rounds', '0']],
    [['--rounds', '51']],
    [['--seconds', '0']],
    [['--seconds', '61']],
    [['two']],
    [['--fast']],
  ])('refuses %j', (args) => {
    expect(() => readGatewaysOptions(args)).toThrow(BenchUsageError);
  });
});
