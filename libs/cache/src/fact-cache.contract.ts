import { agentFact, agentVersionFact, fingerprintFact, personFact, type FactCache } from '@logbook/core';
import { fingerprintId, tenant } from '@logbook/contracts';

const acme = tenant('acme');
const other = tenant('other');

/** What every driver of the cache port promises. */
export function describeFactCache(name: string, open: () => Promise<FactCache>): void {
  describe(`${name} keeps the promises of FactCache`, () => {
    let cache: FactCache;
    beforeEach(async () => {
      cache = await open();
    });
    afterEach(() => cache.close());

    it('knows nothing it was not told', async () => {
      expect(await cache.known([agentFact(acme, 'bot'), personFact(acme, 'ann')])).toEqual([false, false]);
    });

    it('answers in the order asked, for facts known and unknown', async () => {
      await cache.remember([agentFact(acme, 'b'), agentFact(acme, 'd')]);
      const asked = ['a', 'b', 'c', 'd'].map((agent) => agentFact(acme, agent));
      expect(await cache.known(asked)).toEqual([false, true, false, true]);
    });

    it('keeps tenants, kinds and the parts of names apart', async () => {
      await cache.remember([agentVersionFact(acme, 'a","b', 'c')]);
      expect(
        await cache.known([
          agentVersionFact(other, 'a","b', 'c'),
          agentVersionFact(acme, 'a', 'b","c'),
          agentFact(acme, 'a","b'),
          fingerprintFact(acme, fingerprintId('a","b')),
          agentVersionFact(acme, 'a","b', 'c'),
        ]),
      ).toEqual([false, false, false, false, true]);
    });

    it('remembers twice what it remembers once', async () => {
      await cache.remember([personFact(acme, 'ann')]);
      await cache.remember([personFact(acme, 'ann')]);
      expect(await cache.known([personFact(acme, 'ann')])).toEqual([true]);
    });

    it('takes names in any script', async () => {
      const fact = personFact(acme, '日本語 \u{1f600} "\\ %2F');
      await cache.remember([fact]);
      expect(await cache.known([fact])).toEqual([true]);
    });

    it('says that it answers', async () => {
      expect(await cache.healthy()).toBe(true);
    });
  });
}
