import { eventually, startPostgres, startRedis, type PostgresService, type RedisService } from '@logbook/testing';
import { newTenant, type NewTenant } from './api/new-tenant.js';
import { fingerprint } from './api/requests.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';

const REVOKED_WITHIN_MS = 5_000;
const TIMEOUT_MS = 180_000;

describe('a key that is revoked while PostgreSQL and Redis are away', () => {
  jest.setTimeout(TIMEOUT_MS);
  let postgres: PostgresService;
  let redis: RedisService;
  let system: System;
  let caller: NewTenant;

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres({ fsync: false }), startRedis()]);
    system = await startScale({ gateways: 3, servers: { databaseUrl: postgres.url, redisUrl: redis.url } });
    caller = await newTenant(system);
  }, TIMEOUT_MS);
  afterAll(async () => {
    await system.stop();
    await Promise.all([postgres.stop(), redis.stop()]);
  }, TIMEOUT_MS);

  it('is refused by every gateway within 5 s, and so is every key of a tenant that is disabled', async () => {
    const spared = await newTenant(system);
    await Promise.all([postgres.kill(), redis.kill()]);
    await fingerprint(caller.api);
    const answersOf = ({ api }: NewTenant) =>
      Promise.all(system.urls.map(async () => (await api.put('/fingerprints', {})).status));
    const everywhere = (status: number) => system.urls.map(() => status);
    // Not a valid body: what is looked at here comes before it.
    expect(await answersOf(caller)).toEqual(everywhere(400));

    expect((await system.cli('keys', 'revoke', caller.keyId)).code).toBe(0);
    const refused = { timeoutMs: REVOKED_WITHIN_MS, what: 'every gateway to refuse' };
    await eventually(async () => expect(await answersOf(caller)).toEqual(everywhere(401)), refused);
    expect(await answersOf(spared)).toEqual(everywhere(400));

    expect((await system.cli('tenants', 'disable', spared.tenant)).code).toBe(0);
    await eventually(async () => expect(await answersOf(spared)).toEqual(everywhere(403)), refused);
  });
});
