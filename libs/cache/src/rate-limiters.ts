import type { Limit, LimitVerdict, RateLimiter } from '@logbook/core';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { connectRedis, type RedisConnectionOptions } from './redis-connection.js';

export interface RedisRateLimiterOptions extends RedisConnectionOptions {
  readonly limit: Limit;
  /** Of the keys in Redis: the log's, and what is limited. */
  readonly prefix: string;
}

/** Counts in this process. Holds a counter for each key seen within a window. */
export function inProcessRateLimiter(limit: Limit): RateLimiter {
  const counter = new RateLimiterMemory(windowOf(limit));
  return limiterOver(counter, limit, () => Promise.resolve());
}

/** Counts in Redis, for all gateways together; while that is away, in this process. */
export function redisRateLimiter({ limit, prefix, ...connection }: RedisRateLimiterOptions): RateLimiter {
  const redis = connectRedis(connection);
  // Whether Redis answers is told by the cache of facts; without a listener the error would end the process.
  redis.on('error', () => undefined);
  const counter = new RateLimiterRedis({
    ...windowOf(limit),
    storeClient: redis,
    keyPrefix: prefix,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(windowOf(limit)),
  });
  return limiterOver(counter, limit, () => {
    redis.disconnect();
    return Promise.resolve();
  });
}

const windowOf = ({ points, windowSeconds }: Limit) => ({ points, duration: windowSeconds });

function limiterOver(counter: RateLimiterAbstract, limit: Limit, close: () => Promise<void>): RateLimiter {
  return {
    limit,
    close,
    async consume(key, points) {
      try {
        return verdictOf('WITHIN', await counter.consume(key, points));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // The counter has counted what it refused; fewer points may still be there.
        return verdictOf('EXCEEDED', points === 1 ? refusal : await counter.reward(key, points));
      }
    },
  };
}

const verdictOf = (state: LimitVerdict['state'], { remainingPoints, msBeforeNext }: RateLimiterRes): LimitVerdict => ({
  state,
  remaining: Math.max(0, remainingPoints),
  resetMs: msBeforeNext,
});
