import { inProcessFactCache } from '@logbook/cache';
import { agentFact } from '@logbook/core';
import { tenant } from '@logbook/contracts';
import { Metrics } from '@logbook/observability';
import { countedCache } from './counted-cache.js';

describe('countedCache', () => {
  it('counts what was known and what was not, and answers as before', async () => {
    const metrics = new Metrics({ defaults: false });
    const cache = countedCache(inProcessFactCache(), metrics);
    const [known, other, third] = ['a', 'b', 'c'].map((name) => agentFact(tenant('t'), name));
    await cache.remember([known!]);
    expect(await cache.known([known!, other!, third!])).toEqual([true, false, false]);
    const text = await metrics.text();
    expect(text).toContain('logbook_cache_lookups_total{outcome="HIT"} 1');
    expect(text).toContain('logbook_cache_lookups_total{outcome="MISS"} 2');
  });
});
