import { Redis } from 'ioredis';

export interface RedisConnectionOptions {
  /** `rediss://` for TLS; the server's certificate is verified. */
  readonly url: string;
  /** How, beyond what the URL says: PEM texts as `tls.connect` takes them. */
  readonly tls?: { readonly ca?: string };
  /** How long one command may take; default 250 ms. */
  readonly timeoutMs?: number;
}

/** Connects in the background and reconnects for ever; a command without a connection fails at once. */
export function connectRedis({ url, tls, timeoutMs = 250 }: RedisConnectionOptions): Redis {
  return new Redis(url, {
    ...(tls !== undefined && { tls }),
    commandTimeout: timeoutMs,
    connectTimeout: 2_000,
    // Without a connection a command fails at once instead of waiting in a queue.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
}
