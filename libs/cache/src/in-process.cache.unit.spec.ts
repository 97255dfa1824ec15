import { personFact } from '@logbook/core';
import { tenant } from '@logbook/contracts';
import { describeFactCache } from './fact-cache.contract.js';
import { inProcessFactCache } from './in-process.cache.js';
import { tieredFactCache } from './tiered.cache.js';

const person = (id: string) => personFact(tenant('acme'), id);

describeFactCache('the in-process cache', () => Promise.resolve(inProcessFactCache()));
describeFactCache('a tiered cache', () => Promise.resolve(tieredFactCache(inProcessFactCache(), inProcessFactCache())));

describe('the in-process cache', () => {
  it('holds as many facts as its bound and forgets the one used longest ago', async () => {
    const cache = inProcessFactCache({ factsMax: 2 });
    await cache.remember([person('a'), person('b')]);
    expect(await cache.known([person('a')])).toEqual([true]);
    await cache.remember([person('c')]);
    expect(await cache.known([person('a'), person('b'), person('c')])).toEqual([true, false, true]);
  });
});

describe('a tiered cache', () => {
  it('learns near what far knows', async () => {
    const near = inProcessFactCache();
    const far = inProcessFactCache();
    await far.remember([person('a')]);
    expect(await tieredFactCache(near, far).known([person('a'), person('b')])).toEqual([true, false]);
    expect(await near.known([person('a')])).toEqual([true]);
  });

  it('does not ask far for what near knows', async () => {
    const near = inProcessFactCache();
    await near.remember([person('a')]);
    const far = inProcessFactCache();
    const asked = jest.spyOn(far, 'known');
    expect(await tieredFactCache(near, far).known([person('a')])).toEqual([true]);
    expect(asked).not.toHaveBeenCalled();
  });
});
