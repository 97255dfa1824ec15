export { inProcessFactCache } from './in-process.cache.js';
export { redisFactCache } from './redis.cache.js';
export type { RedisFactCacheOptions } from './redis.cache.js';
export { tieredFactCache } from './tiered.cache.js';
