import type { Limit, RateLimiter } from '@logbook/core';

/** What every driver of the limiter port promises. */
export function describeRateLimiter(name: string, open: (limit: Limit) => Promise<RateLimiter>): void {
  describe(`${name} keeps the promises of RateLimiter`, () => {
    let limiter: RateLimiter;
    beforeEach(async () => {
      limiter = await open({ points: 3, windowSeconds: 60 });
    });
    afterEach(() => limiter.close());

    it('lets the last point within the limit through, and not the next', async () => {
      const verdicts = [];
      for (let taken = 0; taken < 5; taken += 1) verdicts.push(await limiter.consume('ann', 1));
      expect(verdicts.map(({ state, remaining }) => `${state} ${remaining}`)).toEqual([
        'WITHIN 2',
        'WITHIN 1',
        'WITHIN 0',
        'EXCEEDED 0',
        'EXCEEDED 0',
      ]);
      for (const { resetMs } of verdicts) {
        expect(resetMs).toBeGreaterThan(0);
        expect(resetMs).toBeLessThanOrEqual(60_000);
      }
    });

    it('counts each key for itself', async () => {
      await limiter.consume('ann', 3);
      await expect(limiter.consume('bob', 3)).resolves.toMatchObject({ state: 'WITHIN', remaining: 0 });
    });

    it('takes none of several points that are not all there', async () => {
      await limiter.consume('ann', 1);
      await expect(limiter.consume('ann', 3)).resolves.toMatchObject({ state: 'EXCEEDED' });
      await expect(limiter.consume('ann', 2)).resolves.toMatchObject({ state: 'WITHIN', remaining: 0 });
    });
  });
}
