import { Retries } from './retries.js';

describe('Retries', () => {
  it('waits twice as long after each failure, up to the most', () => {
    const retries = new Retries({ firstWaitMs: 100, waitMsMax: 450 });
    expect([1, 2, 3, 4, 5_000].map((failures) => retries.waitMs(failures))).toEqual([100, 200, 400, 450, 450]);
  });

  it('tries five times, or as often as it is told, at least once', () => {
    expect(new Retries().attemptsMax).toBe(5);
    expect(new Retries({ attemptsMax: 1 }).attemptsMax).toBe(1);
    for (const attemptsMax of [0, 1.5, Number.NaN]) expect(() => new Retries({ attemptsMax })).toThrow(/attemptsMax/);
  });

  it('ends a wait when it is no longer of use', async () => {
    const abort = new AbortController();
    const waiting = new Retries({ firstWaitMs: 3_600_000, waitMsMax: 3_600_000 }).wait(1, abort.signal);
    abort.abort();
    await expect(waiting).resolves.toBeUndefined();
  });
});
