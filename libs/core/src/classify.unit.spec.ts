import { DependencyUnavailableError, LogUnavailableError, StoreMismatchError } from './errors.js';
import { asStoreError, classify, isAway } from './classify.js';

const withCode = (code: string, message = 'said'): Error => Object.assign(new Error(message), { code });

describe('classify', () => {
  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    '08006',
    '57P01',
    '57P03',
    '53300',
    '3D000',
    '28P01',
    '40P01',
    '57014',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('takes %s for a store that is away: the same call may succeed later', (code) => {
    expect(classify(withCode(code))).toBe('UNAVAILABLE');
    expect(asStoreError(withCode(code))).toBeInstanceOf(DependencyUnavailableError);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'The server does not support SSL connections',
    'Client has encountered a connection error and is not queryable',
  ])('takes "%s" for a store that is away', (message) => {
    expect(classify(new Error(message))).toBe('UNAVAILABLE');
  });

  it.each(['42P01', '3F000'])('takes %s for tables that are missing', (code) => {
    expect(classify(withCode(code))).toBe('MISSING');
  });

  it.each(['22021', '23505', '54000'])('takes %s for values that Postgres refuses', (code) => {
    expect(classify(withCode(code))).toBe('REFUSED');
  });

  it('takes anything else for a bug, and leaves it as it is', () => {
    for (const error of [withCode('42601'), new TypeError('no'), new StoreMismatchError('no'), 'text', null]) {
      expect(classify(error)).toBe('UNKNOWN');
      expect(asStoreError(error)).toBe(error);
    }
  });

  it('names the code of a refusal that has no message', () => {
    expect(asStoreError(withCode('ECONNREFUSED', ''))).toMatchObject({
      message: 'Postgres is unavailable: ECONNREFUSED',
    });
  });

  it('takes a log that is away for something to wait for, as a store that is', () => {
    expect(isAway(new LogUnavailableError('no broker'))).toBe(true);
    expect(isAway(withCode('ECONNREFUSED'))).toBe(true);
    expect(isAway(withCode('23505'))).toBe(false);
  });
});
