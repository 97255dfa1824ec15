import { type Fact, type FactCache, factPrefix } from '@logbook/core';
import type { LogId } from '@logbook/contracts';
import { connectRedis, type RedisConnectionOptions } from './redis-connection.js';

/** A look-up that takes longer than the time-out is answered "not known". */
export interface RedisFactCacheOptions extends RedisConnectionOptions {
  readonly logId: LogId;
  /** Told once per change between answering and not. */
  readonly onHealth?: (state: 'UP' | 'DOWN', cause?: Error) => void;
}

/** Facts never expire in truth; the time to live only bounds what Redis keeps of names nobody asks for any more. */
const TIME_TO_LIVE_SECONDS = 30 * 24 * 3600;
const KNOWN = '1';

/**
 * Facts shared by gateways through Redis. Connects in the background and reconnects for ever; while it is away,
 * slow or answers rubbish, nothing is known and nothing is remembered, at no more than the time-out a call.
 */
export function redisFactCache(options: RedisFactCacheOptions): FactCache {
  const prefix = factPrefix(options.logId);
  const redis = connectRedis(options);
  let state: 'UP' | 'DOWN' | undefined;
  const report = (next: 'UP' | 'DOWN', cause?: Error): void => {
    if (state === next) return;
    state = next;
    options.onHealth?.(next, cause);
  };
  redis.on('ready', () => report('UP'));
  redis.on('error', (error: Error) => report('DOWN', error));

  return {
    async known(facts: readonly Fact[]) {
      try {
        // What answers in place of Redis need not answer with a list, and the first character of the text "1" is a "1" too.
        const values: unknown = await redis.mget(facts.map((fact) => prefix + fact));
        return facts.map((_, index) => Array.isArray(values) && values[index] === KNOWN);
      } catch {
        return facts.map(() => false);
      }
    },
    async remember(facts: readonly Fact[]) {
      const pipeline = redis.pipeline();
      for (const fact of facts) pipeline.set(prefix + fact, KNOWN, 'EX', TIME_TO_LIVE_SECONDS);
      await pipeline.exec().catch(() => undefined);
    },
    async healthy() {
      return redis.ping().then(
        (answer: string) => answer === 'PONG',
        () => false,
      );
    },
    close() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
