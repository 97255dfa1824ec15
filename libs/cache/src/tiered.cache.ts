import type { Fact, FactCache } from '@logbook/core';

/** Asks `near` first and `far` only for what is missing there; what `far` knows is remembered near. */
export function tieredFactCache(near: FactCache, far: FactCache): FactCache {
  return {
    async known(facts) {
      const answers = await near.known(facts);
      const missing = facts.filter((_, index) => answers[index] === false);
      if (missing.length === 0) return answers;
      const found = await far.known(missing);
      const learnt = new Set<Fact>(missing.filter((_, index) => found[index] === true));
      if (learnt.size > 0) await near.remember([...learnt]);
      return facts.map((fact, index) => answers[index] === true || learnt.has(fact));
    },
    async remember(facts) {
      await Promise.all([near.remember(facts), far.remember(facts)]);
    },
    healthy: () => far.healthy(),
    async close() {
      await Promise.all([near.close(), far.close()]);
    },
  };
}
