import { eventually, uniqueName } from '@logbook/testing';
import { Api } from '../harness/api.js';
import type { System } from '../harness/system.js';

export interface NewTenant {
  readonly tenant: string;
  readonly keyId: string;
  /** A client with a key of it. */
  readonly api: Api;
}

/** A tenant without any data, made by the operator's command, once every gateway knows its key. */
export async function newTenant(system: System): Promise<NewTenant> {
  const tenant = uniqueName('tenant');
  const { code, stderr } = await system.cli('tenants', 'create', tenant);
  if (code !== 0) throw new Error(`the tenant was not created: ${stderr}`);
  const { key, id } = await system.cliJson<{ key: string; id: string }>('keys', 'issue', '--tenant', tenant, '--json');
  const api = new Api(() => system.urls, key);
  await untilEveryGateway(system, api, 404);
  return { tenant, keyId: id, api };
}

/** Resolves once the key of `api` gets `status` for an agent that does not exist, at every gateway. */
export async function untilEveryGateway(system: System, api: Api, status: number): Promise<void> {
  await eventually(
    async () => {
      const answers = await Promise.all(system.urls.map(() => api.get('/agents/nobody')));
      return answers.every((answer) => answer.status === status);
    },
    { what: `every gateway to answer ${status}` },
  );
}
