import { inProcessFactCache, inProcessRateLimiter } from '@logbook/cache';
import { newMessageId, tenant } from '@logbook/contracts';
import { DependencyUnavailableError, personFact } from '@logbook/core';
import { NameQuota, type NameQuotaOptions, type NameRegistration } from './name-quota.js';
import { GATEWAY_SOURCE } from './source.js';

const acme = tenant('acme');
const person = (personId: string, of = acme): NameRegistration => ({
  id: newMessageId(),
  timeMs: 1,
  source: GATEWAY_SOURCE,
  tenant: of,
  type: 'com.logbook.person.register.v1',
  personId,
  propertiesJson: null,
});
const people = (...ids: string[]): NameRegistration[] => ids.map((id) => person(id));

type Reader = NameQuotaOptions['reader'];
const READY = { state: 'READY', generation: 'gen_1' } as const;
/** Projections that hold nothing. */
const EMPTY: Reader = {
  agent: async () => ({ ...READY, value: null }),
  agentVersion: async () => ({ ...READY, value: { agent: null, version: null } }),
  person: async () => ({ ...READY, value: null }),
};

function quotaOf(points: number, reader: Partial<Reader> = {}) {
  const facts = inProcessFactCache();
  const limiter = inProcessRateLimiter({ points, windowSeconds: 3600 });
  return { facts, quota: new NameQuota({ limiter, facts, reader: { ...EMPTY, ...reader } }) };
}
const OVER_QUOTA = { outcome: 'OVER_QUOTA', retryAfterMs: expect.any(Number) as number };

describe('NameQuota', () => {
  it('admits the last name within it, and not the next', async () => {
    const { quota } = quotaOf(2);
    await expect(quota.admit(people('ann'))).resolves.toBe('ADMITTED');
    await expect(quota.admit(people('bob'))).resolves.toBe('ADMITTED');
    await expect(quota.admit(people('cid'))).resolves.toEqual(OVER_QUOTA);
  });

  it('counts names that come together all, or none', async () => {
    const { quota } = quotaOf(2);
    await expect(quota.admit(people('ann', 'bob', 'cid'))).resolves.toEqual(OVER_QUOTA);
    await expect(quota.admit(people('ann', 'bob'))).resolves.toBe('ADMITTED');
  });

  it('counts each tenant for itself', async () => {
    const { quota } = quotaOf(1);
    await expect(quota.admit(people('ann'))).resolves.toBe('ADMITTED');
    await expect(quota.admit([person('ann', tenant('other'))])).resolves.toBe('ADMITTED');
  });

  it('does not count what a cache knows', async () => {
    const { quota, facts } = quotaOf(1);
    await facts.remember([personFact(acme, 'ann')]);
    await expect(quota.admit(people('ann'))).resolves.toBe('ADMITTED');
    await expect(quota.admit(people('bob'))).resolves.toBe('ADMITTED');
  });

  it('does not count what the projections hold though no cache knows it, and asks them once', async () => {
    const agent = jest.fn(async () => ({ ...READY, value: {} as never }));
    const { quota } = quotaOf(1, { agent });
    const { id, timeMs, source } = person('x');
    const bot = {
      ...{ id, timeMs, source, tenant: acme },
      type: 'com.logbook.agent.register.v1',
      agentName: 'bot',
      description: null,
    } as const;
    for (let asked = 0; asked < 3; asked += 1) await expect(quota.admit([bot])).resolves.toBe('ADMITTED');
    expect(agent).toHaveBeenCalledTimes(1);
    await expect(quota.admit(people('ann'))).resolves.toBe('ADMITTED');
  });

  it.each([
    ['are away', () => Promise.reject(new DependencyUnavailableError('away'))],
    ['cannot answer', async () => ({ state: 'NOT_READY', reason: 'rebuilding' }) as const],
  ])('counts nothing while the projections %s: it costs no event', async (_what, read) => {
    const { quota } = quotaOf(1, { person: read });
    await expect(quota.admit(people('ann', 'bob', 'cid'))).resolves.toBe('ADMITTED');
  });
});
