import { type Fact, type FactCache, factPrefix } from '@logbook/core';
import type { LogId } from '@logbook/contracts';
import { Redis } from 'ioredis';

export interface RedisFactCacheOptions {
  /** `rediss://` for TLS; the server's certificate is verified. */
  readonly url: string;
  /** How, beyond what the URL says: PEM texts as `tls.connect` takes them. */
  readonly tls?: { readonly ca?: string };
  readonly logId: LogId;
  /** How long one look-up may take before the answer is "not known"; default 250 ms. */
  readonly timeoutMs?: number;
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
  const timeoutMs = options.timeoutMs ?? 250;
  const prefix = factPrefix(options.logId);
  const redis = new Redis(options.url, {
    ...(options.tls !== undefined && { tls: options.tls }),
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    // Without a connection a command fails at once instead of waiting in a queue.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
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
