import { eventually, uniqueName } from '@logbook/testing';
import { describeRateLimiter } from './rate-limiter.contract.js';
import { inProcessRateLimiter, redisRateLimiter } from './rate-limiters.js';

const url = process.env['LOGBOOK_TEST_REDIS_URL'] as string;
const ONE = { points: 1, windowSeconds: 60 };

/** A limiter that counts in Redis: two of them see each other's points, once both are connected. */
async function connected(limit = ONE, prefix = uniqueName('limit')) {
  const [limiter, witness] = [redisRateLimiter({ url, limit, prefix }), redisRateLimiter({ url, limit, prefix })];
  let attempt = 0;
  await eventually(
    async () => {
      const key = `probe-${(attempt += 1)}`;
      await limiter.consume(key, limit.points);
      return (await witness.consume(key, 1)).state === 'EXCEEDED';
    },
    { what: 'both to count in Redis' },
  );
  await witness.close();
  return limiter;
}

describeRateLimiter('the limiter in this process', (limit) => Promise.resolve(inProcessRateLimiter(limit)));
describeRateLimiter('the limiter in Redis', (limit) => connected(limit));

describe('the limiter in Redis', () => {
  it('counts for all gateways together, each limit for itself', async () => {
    const prefix = uniqueName('limit');
    const [one, two, another] = [await connected(ONE, prefix), await connected(ONE, prefix), await connected()];
    expect((await one.consume('ann', 1)).state).toBe('WITHIN');
    expect((await two.consume('ann', 1)).state).toBe('EXCEEDED');
    expect((await another.consume('ann', 1)).state).toBe('WITHIN');
    await Promise.all([one, two, another].map((limiter) => limiter.close()));
  });

  it('begins a new window when the old one is over', async () => {
    const limiter = await connected({ points: 1, windowSeconds: 1 });
    await eventually(async () => (await limiter.consume('ann', 1)).state === 'EXCEEDED', { what: 'the limit' });
    await eventually(async () => (await limiter.consume('ann', 1)).state === 'WITHIN', { what: 'a new window' });
    await limiter.close();
  });

  it('counts in this process while Redis is away', async () => {
    const limiter = redisRateLimiter({ url: 'redis://127.0.0.1:1', limit: ONE, prefix: 'x' });
    expect((await limiter.consume('ann', 1)).state).toBe('WITHIN');
    expect((await limiter.consume('ann', 1)).state).toBe('EXCEEDED');
    await limiter.close();
  });
});
