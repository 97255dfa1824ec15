import type { FactCache } from '@logbook/core';
import type { Metrics } from '@logbook/observability';

/** Counts what a cache across the network knows of what it is asked. */
export function countedCache(cache: FactCache, metrics: Metrics): FactCache {
  return {
    ...cache,
    async known(facts) {
      const answers = await cache.known(facts);
      const hits = answers.filter(Boolean).length;
      metrics.count('logbook_cache_lookups_total', { outcome: 'HIT' }, hits);
      metrics.count('logbook_cache_lookups_total', { outcome: 'MISS' }, facts.length - hits);
      return answers;
    },
  };
}
