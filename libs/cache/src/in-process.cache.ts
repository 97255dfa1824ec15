import type { Fact, FactCache } from '@logbook/core';
import { LRUCache } from 'lru-cache';

/** A fact is at most four names of 2 KiB; 100,000 usual ones are some tens of megabytes. */
const FACTS_MAX_DEFAULT = 100_000;

/** A bounded least-recently-used set in this process. */
export function inProcessFactCache(options: { factsMax?: number } = {}): FactCache {
  const facts = new LRUCache<Fact, true>({ max: options.factsMax ?? FACTS_MAX_DEFAULT });
  return {
    known: (asked) => Promise.resolve(asked.map((fact) => facts.get(fact) === true)),
    remember: (learnt) => {
      for (const fact of learnt) facts.set(fact, true);
      return Promise.resolve();
    },
    healthy: () => Promise.resolve(true),
    close: () => {
      facts.clear();
      return Promise.resolve();
    },
  };
}
