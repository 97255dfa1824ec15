import { inProcessFactCache, tieredFactCache } from '@logbook/cache';
import { type EncodedMessage, HEADERS, tenant } from '@logbook/contracts';
import { type Appender, agentFact, type AppendOutcome, LogUnavailableError } from '@logbook/core';
import { Metrics } from '@logbook/observability';
import type { NameQuota } from './name-quota.js';
import { type EventNames, Registrar } from './registrar.js';

const names: EventNames = { tenant: tenant('acme'), agentName: 'bot', agentVersionName: 'v1', personId: 'ann' };

function registrarOver(
  append: () => Promise<unknown>,
  outcome: AppendOutcome = { outcome: 'APPENDED', positions: [] },
) {
  const appended: string[][] = [];
  const appender: Appender = {
    append: async (_, messages: readonly EncodedMessage[]) => {
      appended.push(messages.map(({ headers }) => headers[HEADERS.type] as string));
      await append();
      return outcome;
    },
  };
  const near = inProcessFactCache();
  const far = inProcessFactCache();
  const caches = { near, shared: tieredFactCache(near, far) };
  const registrar = new Registrar(appender, caches, new Metrics({ defaults: false }));
  return { registrar, appended, near, far };
}

describe('Registrar', () => {
  it('registers agent, version and person in one append, the agent before its version', async () => {
    const { registrar, appended } = registrarOver(() => Promise.resolve());
    await registrar.registerAll([names], 1);
    expect(appended).toEqual([
      ['com.logbook.agent.register.v1', 'com.logbook.agent-version.register.v1', 'com.logbook.person.register.v1'],
    ]);
  });

  it('appends nothing for names it knows', async () => {
    const { registrar, appended } = registrarOver(() => Promise.resolve());
    await registrar.registerAll([names], 1);
    await registrar.registerAll([names], 2);
    expect(appended).toHaveLength(1);
  });

  it('asks no cache about names that came together before', async () => {
    const facts = inProcessFactCache();
    const known = jest.spyOn(facts, 'known');
    const appender: Appender = { append: () => Promise.resolve({ outcome: 'APPENDED', positions: [] }) };
    const registrar = new Registrar(appender, { near: facts, shared: facts }, new Metrics({ defaults: false }));
    await registrar.registerAll([names, { ...names, personId: null }], 1);
    await registrar.registerAll([names, { ...names, personId: null }], 2);
    expect(known).toHaveBeenCalledTimes(1);
    await registrar.registerAll([{ ...names, agentName: 'bo', agentVersionName: 't' }], 3);
    expect(known).toHaveBeenCalledTimes(2);
  });

  it('appends nothing of names that their tenant may not bring up, and asks again the next time', async () => {
    const OVER_QUOTA = { outcome: 'OVER_QUOTA', retryAfterMs: 1 } as const;
    const admit = jest.fn().mockResolvedValueOnce(OVER_QUOTA).mockResolvedValue('ADMITTED');
    const append = jest.fn(async () => ({ outcome: 'APPENDED', positions: [] }) as const);
    const facts = inProcessFactCache();
    const quota = { admit } as unknown as NameQuota;
    const metrics = new Metrics({ defaults: false });
    const registrar = new Registrar({ append }, { near: facts, shared: facts }, metrics, quota);
    await expect(registrar.registerAll([names], 1)).resolves.toEqual(OVER_QUOTA);
    expect(append).not.toHaveBeenCalled();
    await expect(registrar.registerAll([names], 2)).resolves.toBe('REGISTERED');
    expect(append).toHaveBeenCalledTimes(1);
  });

  it('appends only what is new', async () => {
    const { registrar, appended } = registrarOver(() => Promise.resolve());
    await registrar.registerAll([names], 1);
    await registrar.registerAll([{ ...names, agentVersionName: 'v2', personId: null }], 2);
    expect(appended[1]).toEqual(['com.logbook.agent-version.register.v1']);
  });

  it('registers the names of a batch in one round, each once', async () => {
    const { registrar, appended } = registrarOver(() => Promise.resolve());
    await registrar.registerAll([names, { ...names, personId: 'bob' }, { ...names, agentName: 'cat' }, names], 1);
    expect(appended).toEqual([
      [
        'com.logbook.agent.register.v1',
        'com.logbook.agent-version.register.v1',
        'com.logbook.person.register.v1',
        'com.logbook.person.register.v1',
        'com.logbook.agent.register.v1',
        'com.logbook.agent-version.register.v1',
      ],
    ]);
  });

  it('appends a name once however many events wait for it, and none goes on before the acknowledgement', async () => {
    let acknowledge!: () => void;
    const { registrar, appended } = registrarOver(() => new Promise<void>((resolve) => (acknowledge = resolve)));
    let passed = 0;
    const waiting = [1, 2, 3].map((timeMs) => registrar.registerAll([names], timeMs).then(() => (passed += 1)));
    await new Promise((resolve) => setImmediate(resolve));
    expect([appended.length, passed]).toEqual([1, 0]);
    acknowledge();
    await Promise.all(waiting);
    expect([appended.length, passed]).toEqual([1, 3]);
  });

  it('tells other gateways of a name once it is in the log, and keeps it to itself while it is spooled', async () => {
    const fact = agentFact(names.tenant, names.agentName);
    const logged = registrarOver(() => Promise.resolve());
    await logged.registrar.registerAll([names], 1);
    await expect(logged.far.known([fact])).resolves.toEqual([true]);
    const spooled = registrarOver(() => Promise.resolve(), { outcome: 'SPOOLED' });
    await spooled.registrar.registerAll([names], 1);
    await spooled.registrar.registerAll([names], 2);
    expect(spooled.appended).toHaveLength(1);
    await expect(spooled.near.known([fact])).resolves.toEqual([true]);
    await expect(spooled.far.known([fact])).resolves.toEqual([false]);
  });

  it('tries again after the log was away', async () => {
    const outcomes = [() => Promise.reject(new LogUnavailableError('away')), () => Promise.resolve()];
    const { registrar, appended } = registrarOver(() => (outcomes.shift() as () => Promise<void>)());
    await expect(registrar.registerAll([names], 1)).rejects.toThrow(LogUnavailableError);
    await registrar.registerAll([names], 2);
    expect(appended).toHaveLength(2);
  });
});
