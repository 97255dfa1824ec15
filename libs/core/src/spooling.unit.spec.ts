import { LogMismatchError, LogUnavailableError, MessageTooLargeError } from './errors.js';
import { afterFailedDrain, nextSpoolMode, SPOOL_MODES } from './spooling.js';

describe('nextSpoolMode', () => {
  it('goes to the spool from every mode when the log is away', () => {
    expect(SPOOL_MODES.map((mode) => nextSpoolMode(mode, 'LOG_AWAY'))).toEqual(['SPOOLING', 'SPOOLING', 'SPOOLING']);
  });

  it('does not pass the spool by while it holds something, though the log answers', () => {
    expect(nextSpoolMode('SPOOLING', 'LOG_TOOK')).toBe('DRAINING');
    expect(nextSpoolMode('DRAINING', 'LOG_TOOK')).toBe('DRAINING');
  });

  it('goes back to the log only when the spool is empty', () => {
    expect(SPOOL_MODES.map((mode) => nextSpoolMode(mode, 'SPOOL_EMPTY'))).toEqual(['DIRECT', 'DIRECT', 'DIRECT']);
  });

  it('stays with the log when the log takes what it is given', () => {
    expect(nextSpoolMode('DIRECT', 'LOG_TOOK')).toBe('DIRECT');
  });
});

describe('afterFailedDrain', () => {
  it('parks a message that was alone and is refused for good', () => {
    expect(afterFailedDrain(new MessageTooLargeError('too large'), 1)).toBe('PARK');
    expect(afterFailedDrain(new LogMismatchError('not of this log'), 1)).toBe('PARK');
  });

  it('parks none of several, since it cannot be said which one is at fault', () => {
    expect(afterFailedDrain(new MessageTooLargeError('too large'), 2)).toBe('TRY_ONE_BY_ONE');
  });

  it('parks nothing because the log is away, or for a reason it does not know', () => {
    expect(afterFailedDrain(new LogUnavailableError('away'), 1)).toBe('WAIT');
    expect(afterFailedDrain(new Error('a bug'), 1)).toBe('WAIT');
  });
});
