import { Api } from '../harness/api.js';
import type { System } from '../harness/system.js';
import { newTenant, untilEveryGateway, type NewTenant } from './new-tenant.js';
import {
  agentPath,
  eventBody,
  expectProblem,
  fingerprint,
  personPath,
  record,
  unique,
  type Agent,
} from './requests.js';

const SET_UP_TIMEOUT_MS = 60_000;

/** Nothing crosses tenants, and a key counts as long as it is in force. */
export function describeTenants(system: () => System): void {
  let another: NewTenant;

  beforeAll(async () => {
    another = await newTenant(system());
  }, SET_UP_TIMEOUT_MS);

  it('a tenant sees nothing of another: names, people, fingerprints', async () => {
    const { api } = system();
    const [agent, person] = [unique('agent'), unique('person')];
    const mine = (await api.put('/agents', { agent_name: agent, description: 'mine' })).json<Agent>();
    await api.put('/people', { person_id: person, properties: { mine: true } });
    expectProblem(await another.api.get(agentPath(agent)), 404, 'agent-not-found');
    expectProblem(await another.api.get(personPath(person)), 404, 'person-not-found');
    expectProblem(await another.api.patch(agentPath(agent), { description: 'theirs' }), 404, 'agent-not-found');
    expectProblem(await another.api.post('/events', await eventBody(api)), 404, 'fingerprint-not-found');
    const theirs = (await another.api.put('/agents', { agent_name: agent, description: 'theirs' })).json<Agent>();
    expect(theirs).toMatchObject({ agent_number: 1, description: 'theirs' });
    expect((await api.get(agentPath(agent))).json()).toEqual(mine);
    expect(await fingerprint(another.api)).not.toBe(await fingerprint(api));
  });

  it('the same idempotency key of two tenants is two events', async () => {
    const headers = { 'idempotency-key': unique('key') };
    expect(await record(another.api, {}, headers)).not.toBe(await record(system().api, {}, headers));
  });

  it('a tenant in the body changes nothing: it comes from the key', async () => {
    const agent = unique('agent');
    await record(system().api, { agent, tenant: another.tenant });
    expectProblem(await another.api.get(agentPath(agent)), 404, 'agent-not-found');
  });

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
