import { Api } from '../harness/api.js';
import type { System } from '../harness/system.js';
import { newTenant, untilEveryGateway, type NewTenant } from './new-tenant.js';
import { expectProblem } from './requests.js';

const SET_UP_TIMEOUT_MS = 60_000;

/** A key counts as long as it is in force. */
export function describeTenants(system: () => System): void {
  let another: NewTenant;

  beforeAll(async () => {
    another = await newTenant(system());
  }, SET_UP_TIMEOUT_MS);

  it('a key of a disabled tenant is forbidden until the tenant is enabled again', async () => {
    await system().cli('tenants', 'disable', another.tenant);
    await untilEveryGateway(system(), another.api, 403);
    expectProblem(await another.api.get('/agents/nobody'), 403, 'forbidden');
    await system().cli('tenants', 'enable', another.tenant);
    await untilEveryGateway(system(), another.api, 404);
  });

  it('a revoked key is refused by every gateway within seconds, the others of its tenant are not', async () => {
    const { key } = await system().cliJson<{ key: string }>('keys', 'issue', '--tenant', another.tenant, '--json');
    const second = new Api(() => system().urls, key);
    await untilEveryGateway(system(), second, 404);
    await system().cli('keys', 'revoke', another.keyId);
    await untilEveryGateway(system(), another.api, 401);
    await untilEveryGateway(system(), second, 404);
  });
}
