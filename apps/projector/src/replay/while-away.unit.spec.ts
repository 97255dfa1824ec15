import { DependencyUnavailableError, LogUnavailableError } from '@logbook/core';
import { whileAway } from './while-away.js';

const away = new DependencyUnavailableError('Postgres is unavailable: ECONNREFUSED');
const options = { signal: new AbortController().signal, what: 'verifying gen_2' };

function failing(...errors: Error[]): { readonly work: () => Promise<string>; readonly left: () => number } {
  return {
    work: async () => {
      const error = errors.shift();
      if (error !== undefined) throw error;
      return 'done';
    },
    left: () => errors.length,
  };
}

describe('work while a dependency is away', () => {
  it('is repeated until the store and the log are back', async () => {
    const { work } = failing(away, new LogUnavailableError('no broker'), Object.assign(new Error(), { code: '57P01' }));
    await expect(whileAway(work, options)).resolves.toBe('done');
  });

  it('is not repeated for what waiting cannot mend', async () => {
    const { work, left } = failing(new TypeError('a bug'), away);
    await expect(whileAway(work, options)).rejects.toThrow('a bug');
    expect(left()).toBe(1);
  });

  it('is given up after a bounded time, with a sentence that says what was kept', async () => {
    const { work } = failing(...Array.from({ length: 100 }, () => away));
    await expect(whileAway(work, { ...options, awayMsMax: 150 })).rejects.toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      cause: away,
      message: expect.stringMatching(/while verifying gen_2: Postgres is unavailable.*goes on from here/),
    });
  });

  it('ends when it is interrupted', async () => {
    const { work } = failing(...Array.from({ length: 100 }, () => away));
    const interrupted = new AbortController();
    const waiting = whileAway(work, { ...options, signal: interrupted.signal });
    interrupted.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
  });
});
