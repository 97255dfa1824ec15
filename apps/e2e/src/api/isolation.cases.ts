import type { Answer } from '../harness/api.js';
import type { NewTenant } from './new-tenant.js';
import {
  agentPath,
  eventBody,
  expectProblem,
  fingerprint,
  personPath,
  PROPERTIES,
  record,
  recordedId,
  unique,
  versionPath,
  type Agent,
  type AgentVersion,
  type Person,
} from './requests.js';

const UNISSUED_FINGERPRINT = '970e9e3c-0b4a-8449-bd7d-ebbfb999dc25';

/** What a tenant has, by the names another one would have to guess. */
export interface Owned {
  readonly agent: string;
  readonly version: string;
  readonly person: string;
  readonly session: string;
  readonly fingerprintId: string;
  readonly idempotencyKey: string;
  /** The events recorded with that key, by what they said as their session. */
  readonly eventIds: readonly { readonly session: string | null; readonly id: string }[];
}

export interface Stage {
  readonly owner: NewTenant;
  readonly intruder: NewTenant;
  readonly owned: Owned;
}

export async function ownedBy({ api }: NewTenant): Promise<Owned> {
  const [agent, version, person, session] = [unique('agent'), unique('version'), unique('person'), unique('session')];
  const idempotencyKey = unique('key');
  const names = { agent, agent_version: version, person };
  await api.put('/agents', { agent_name: agent, description: 'secret' });
  await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: version, description: 'secret' });
  await api.put('/people', { person_id: person, properties: { secret: true } });
  const recordIn = async (within: string | null) => ({
    session: within,
    id: await record(api, { ...names, session: within }, { 'idempotency-key': idempotencyKey }),
  });
  const eventIds = [await recordIn(session), await recordIn(null)];
  return { agent, version, person, session, fingerprintId: await fingerprint(api), idempotencyKey, eventIds };
}

/** Everywhere a request could say that it speaks for another tenant. */
const claimsOf = ({ tenant, keyId }: NewTenant) => ({
  query: `?tenant=${tenant}&ce_tenant=${tenant}&api_key_id=${keyId}`,
  headers: { 'x-tenant': tenant, ce_tenant: tenant, 'ce-tenant': tenant, 'x-logbook-tenant': tenant },
  fields: { tenant, tenant_id: tenant, ce_tenant: tenant, api_key_id: keyId },
});

/** Sends a request with the intruder's key that claims to be the owner's in every way it can. */
function intrude({ owner, intruder }: Stage, method: string, path: string, fields?: object, headers = {}) {
  const claims = claimsOf(owner);
  return intruder.api.send({
    method,
    path: `/api/v1${path}${claims.query}`,
    headers: { ...claims.headers, ...headers },
    ...(fields !== undefined && { body: { ...claims.fields, ...fields } }),
  });
}

/**
 * What exists elsewhere is answered exactly as what exists nowhere, also under names that spell the way to it as the log's
 * keys do.
 */
async function hidden(slug: string, nobodys: Promise<Answer>, attempts: readonly Promise<Answer>[]): Promise<void> {
  const nothing = await nobodys;
  expectProblem(nothing, 404, slug);
  for (const answer of await Promise.all(attempts)) {
    expect([answer.status, answer.text]).toEqual([nothing.status, nothing.text]);
  }
}

const agentSpellings = ({ owner: { tenant }, owned: { agent } }: Stage): string[] => [
  agent,
  `${tenant}/${agent}`,
  `../${tenant}/agents/${agent}`,
];
const personSpellings = ({ owner: { tenant }, owned: { person } }: Stage): string[] => [
  person,
  `${tenant}/people/${person}`,
  `../../${tenant}/people/${person}`,
];

const ask = (slug: string, method: string, spellings: (stage: Stage) => string[], path: (name: string) => string) => {
  const fields = method === 'GET' ? undefined : { description: 'theirs', properties: { theirs: true } };
  return async (stage: Stage): Promise<void> => {
    const to = (name: string): Promise<Answer> => intrude(stage, method, path(name), fields);
    await hidden(slug, to(unique('nobody')), spellings(stage).map(to));
  };
};

/** An agent of the intruder's own that has the owner's name must not open the owner's versions either. */
const askForVersion =
  (method: string) =>
  async (stage: Stage): Promise<void> => {
    const { agent, version } = stage.owned;
    const fields = method === 'GET' ? undefined : { description: 'theirs' };
    const to = (name: string, ofAgent = agent) => intrude(stage, method, versionPath(ofAgent, name), fields);
    await hidden('agent-not-found', to(version, unique('nobody')), [to(version)]);
    await intrude(stage, 'PUT', '/agents', { agent_name: agent });
    await hidden('agent-version-not-found', to(unique('nobody')), [to(version)]);
  };

/** By operation of the OpenAPI document, what the holder of another tenant's key tries with it. */
export const ISOLATION_CASES: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  getAgent: ask('agent-not-found', 'GET', agentSpellings, agentPath),
  changeAgent: ask('agent-not-found', 'PATCH', agentSpellings, agentPath),
  getPerson: ask('person-not-found', 'GET', personSpellings, personPath),
  updatePerson: ask('person-not-found', 'PUT', personSpellings, personPath),
  getAgentVersion: askForVersion('GET'),
  changeAgentVersion: askForVersion('PATCH'),

  createAgent: async (stage) => {
    const { agent } = stage.owned;
    const theirs = (await intrude(stage, 'PUT', '/agents', { agent_name: agent })).json<Agent>();
    expect(theirs).toMatchObject({ agent_name: agent, description: null });
    const next = (await intrude(stage, 'PUT', '/agents', { agent_name: unique('agent') })).json<Agent>();
    // Numbers count the intruder's agents alone, so they tell nothing of how many there are elsewhere.
    expect(next.agent_number).toBe(theirs.agent_number + 1);
  },

  createAgentVersion: async (stage) => {
    const { agent, version } = stage.owned;
    const path = `${agentPath(agent)}/agent-versions`;
    await hidden(
      'agent-not-found',
      intrude(stage, 'PUT', `${agentPath(unique('nobody'))}/agent-versions`, { agent_version_name: version }),
      [intrude(stage, 'PUT', path, { agent_version_name: version })],
    );
    await intrude(stage, 'PUT', '/agents', { agent_name: agent });
    const theirs = (await intrude(stage, 'PUT', path, { agent_version_name: version })).json<AgentVersion>();
    expect(theirs).toMatchObject({ description: null, agent_version_number: 1 });
  },

  createPerson: async (stage) => {
    const answer = await intrude(stage, 'PUT', '/people', { person_id: stage.owned.person });
    expect(answer.json<Person>()).toMatchObject({ person_id: stage.owned.person, properties: null });
  },

  createFingerprint: async (stage) => {
    const answer = await intrude(stage, 'PUT', '/fingerprints', {
      language: 'typescript',
      language_version: '5.9',
      system: 'test',
    });
    const theirs = answer.json<{ fingerprint_id: string }>().fingerprint_id;
    // The same content: the id neither is the owner's nor tells that the owner has one.
    expect(theirs).not.toBe(stage.owned.fingerprintId);
    expect(theirs).toBe(await fingerprint(stage.intruder.api));
  },

  createEvent: async (stage) => {
    const { agent, version, person, fingerprintId, idempotencyKey, eventIds } = stage.owned;
    const post = (fields: object, headers = {}) => intrude(stage, 'POST', '/events', fields, headers);
    const named = { event_name: 'llm', properties: PROPERTIES };
    await hidden('fingerprint-not-found', post({ ...named, fingerprint_id: UNISSUED_FINGERPRINT }), [
      post({ ...named, fingerprint_id: fingerprintId }),
    ]);
    for (const { session, id } of eventIds) {
      const body = await eventBody(stage.intruder.api, { agent, agent_version: version, person, session });
      const theirs = recordedId(await post(body, { 'idempotency-key': idempotencyKey }));
      expect(theirs).not.toBe(id);
      // The id of an event is no key to it: sent as one, it makes another event.
      expect(recordedId(await post(body, { 'idempotency-key': id }))).not.toBe(id);
    }
  },

  createEvents: async (stage) => {
    const { agent, version, person, fingerprintId, idempotencyKey, eventIds } = stage.owned;
    const claims = claimsOf(stage.owner).fields;
    const body = await eventBody(stage.intruder.api, { ...claims, agent, agent_version: version, person });
    const events = [
      ...eventIds.flatMap(({ session, id }) => [
        { ...body, session, event_id: idempotencyKey },
        { ...body, session, event_id: id },
      ]),
      { ...body, fingerprint_id: fingerprintId },
    ];
    const answer = await intrude(stage, 'POST', '/events/batch', { events });
    const { results } = answer.json<{ results: { id?: string; type?: string }[] }>();
    expect(results.at(-1)).toMatchObject({ type: 'fingerprint-not-found' });
    const ids = results.slice(0, -1).map(({ id }) => id);
    expect(new Set(ids).size).toBe(events.length - 1);
    for (const { id } of eventIds) expect(ids).not.toContain(id);
  },
};
