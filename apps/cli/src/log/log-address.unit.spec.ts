import { resolve } from 'node:path';
import { locationOf, nameOf, parseLogAddress } from './log-address.js';

describe('the address of a log', () => {
  it('names brokers and a prefix, by default that of the environment', () => {
    expect(locationOf(parseLogAddress('kafka://a:9092,b:9093/mine'), 'logbook')).toEqual({
      kind: 'kafka',
      brokers: ['a:9092', 'b:9093'],
      prefix: 'mine',
    });
    expect(nameOf(locationOf(parseLogAddress('kafka://a:9092/'), 'logbook'))).toBe('kafka://a:9092/logbook');
  });

  it('names a data directory, in which the log has its own', () => {
    expect(locationOf(parseLogAddress('embedded:some/dir'), 'logbook')).toEqual({
      kind: 'embedded',
      dir: resolve('some/dir/log'),
    });
    expect(nameOf(locationOf(parseLogAddress('embedded:/some/dir'), 'logbook'))).toBe('embedded:/some/dir');
  });

  it.each(['', 'embedded:', 'kafka://', 'kafka://host', 'kafka://a:1,', 'kafka://a:1/x/y', 'kafka://a:1/ä', '/dir'])(
    'refuses %j',
    (text) => {
      expect(() => parseLogAddress(text)).toThrow('must be kafka://host:port');
    },
  );
});
