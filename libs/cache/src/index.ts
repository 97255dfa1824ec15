export { inProcessFactCache } from './in-process.cache.js';
export { inProcessRateLimiter, redisRateLimiter } from './rate-limiters.js';
export type { RedisRateLimiterOptions } from './rate-limiters.js';
export { redisFactCache } from './redis.cache.js';
export type { RedisFactCacheOptions } from './redis.cache.js';
export { tieredFactCache } from './tiered.cache.js';
export type { RedisConnectionOptions } from './redis-connection.js';
