import { loggedEvents, projectedEvents } from '../harness/projections.js';
import type { System } from '../harness/system.js';
import {
  agentPath,
  eventBody,
  expectProblem,
  fingerprint,
  personPath,
  record,
  recordedId,
  unique,
  versionPath,
  visible,
  type Agent,
  type AgentVersion,
  type Person,
} from './requests.js';

/** POST /events: what it creates, what it refuses. */
export function describeEvents(system: () => System): void {
  it('an event creates the agent, version, person and session that it names', async () => {
    const { api } = system();
    const [agent, version, person, session] = [unique('agent'), unique('version'), unique('person'), unique('session')];
    const id = await record(api, { agent, agent_version: version, person, session });
    expect(await visible<Agent>(api, agentPath(agent))).toMatchObject({ agent_name: agent, description: null });
    expect(await visible<AgentVersion>(api, versionPath(agent, version))).toMatchObject({ agent_version_number: 1 });
    expect(await visible<Person>(api, personPath(person))).toMatchObject({ person_id: person, properties: null });
    const [row] = await projectedEvents(system(), [id]);
    expect(row).toMatchObject({
      tenant: 'default',
      session,
      agent_name: agent,
      agent_version_name: version,
      person_id: person,
      api: 'openai-chat-completions',
      model: 'gpt-4o-mini-2024-07-18',
      input_tokens: 9,
      output_tokens: 2,
    });
  });

  it('without agent and version, absent or null, an event belongs to `default` of `default`, and to no person or session', async () => {
    const { api } = system();
    const nulls = { agent: null, agent_version: null, person: null, session: null };
    const ids = [await record(api), await record(api, nulls)];
    for (const row of await projectedEvents(system(), ids)) {
      expect(row).toMatchObject({
        agent_name: 'default',
        agent_version_name: 'default',
        person_id: null,
        session: null,
      });
    }
    await visible(api, versionPath('default', 'default'));
  });

  it('a version without an agent belongs to `default`', async () => {
    const { api } = system();
    const version = unique('version');
    await record(api, { agent_version: version });
    await visible(api, versionPath('default', version));
  });

  it('an agent without a version gets the version `default`', async () => {
    const { api } = system();
    const agent = unique('agent');
    await record(api, { agent });
    expect(await visible(api, versionPath(agent, 'default'))).toMatchObject({ agent_version_number: 1 });
  });

  it('naming what exists leaves it as it was', async () => {
    const { api } = system();
    const [agent, person] = [unique('agent'), unique('person')];
    const createdAgent = await api.put('/agents', { agent_name: agent, description: 'kept' });
    const createdVersion = await api.put(`${agentPath(agent)}/agent-versions`, {
      agent_version_name: 'v',
      description: 'kept',
    });
    const createdPerson = await api.put('/people', { person_id: person, properties: { kept: true } });
    const id = await record(api, { agent, agent_version: 'v', person });
    await projectedEvents(system(), [id]);
    expect((await api.get(agentPath(agent))).text).toBe(createdAgent.text);
    expect((await api.get(versionPath(agent, 'v'))).text).toBe(createdVersion.text);
    expect((await api.get(personPath(person))).text).toBe(createdPerson.text);
  });

  it('a deprecated agent and version still take events, and stay deprecated', async () => {
    const { api } = system();
    const agent = unique('agent');
    await api.put('/agents', { agent_name: agent });
    await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: 'v' });
    const deprecatedAgent = await api.patch(agentPath(agent), { deprecated: true });
    const deprecatedVersion = await api.patch(versionPath(agent, 'v'), { deprecated: true });
    await projectedEvents(system(), [await record(api, { agent, agent_version: 'v' })]);
    expect((await api.get(agentPath(agent))).text).toBe(deprecatedAgent.text);
    expect((await api.get(versionPath(agent, 'v'))).text).toBe(deprecatedVersion.text);
  });

  it.each([
    [
      'an unknown fingerprint',
      { fingerprint_id: '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25' },
      404,
      'fingerprint-not-found',
    ],
    ['an empty session', { session: '' }, 422, 'session-id-empty'],
    ['another event_name', { event_name: 'page' }, 400, 'invalid-request'],
    ['a missing event_name', { event_name: undefined }, 400, 'invalid-request'],
    ['properties that are a list', { properties: [] }, 400, 'invalid-request'],
    ['properties that are null', { properties: null }, 400, 'invalid-request'],
    ['a fingerprint_id that is no UUID', { fingerprint_id: 'x' }, 400, 'invalid-request'],
    ['a missing fingerprint_id', { fingerprint_id: undefined }, 400, 'invalid-request'],
    ['a session that is a number', { session: 1 }, 400, 'invalid-request'],
  ])('an event with %s is refused and creates nothing', async (_what, fields, status, slug) => {
    const { api } = system();
    const names = { agent: unique('agent'), person: unique('person') };
    expectProblem(await api.post('/events', await eventBody(api, { ...names, ...fields })), status, slug);
    expectProblem(await api.get(agentPath(names.agent)), 404, 'agent-not-found');
    expectProblem(await api.get(personPath(names.person)), 404, 'person-not-found');
  });

  it('an empty session is told before a fingerprint is looked for, and after every other field', async () => {
    const { api } = system();
    const unknown = '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25';
    expectProblem(
      await api.post('/events', await eventBody(api, { session: '', fingerprint_id: unknown })),
      422,
      'session-id-empty',
    );
    expectProblem(await api.post('/events', await eventBody(api, { session: '', agent: '' })), 400, 'invalid-request');
  });

  it('a fingerprint_id is taken in upper case, and unknown keys of the envelope are ignored', async () => {
    const { api } = system();
    const fingerprintId = await fingerprint(api, { language_version: unique('upper') });
    const id = await record(api, { fingerprint_id: fingerprintId.toUpperCase(), flavour: { of: 'nothing' } });
    expect(await projectedEvents(system(), [id])).toMatchObject([{ fingerprint_id: fingerprintId }]);
    // The store would fold the case of a UUID; whoever reads the log would not.
    const [message] = await loggedEvents(system(), [id]);
    expect(String(message?.headers['ce_fingerprint'])).toBe(fingerprintId);
  });

  it('every event has an id of its own', async () => {
    const { api } = system();
    const body = await eventBody(api, { session: unique('session') });
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.post('/events', body)));
    const ids = answers.map(recordedId);
    expect(new Set(ids).size).toBe(20);
    expect(await projectedEvents(system(), ids)).toHaveLength(20);
  });

  it('a fingerprint is usable at every gateway as soon as it is answered', async () => {
    const { api } = system();
    for (let round = 0; round < 4; round += 1) {
      await record(api, { fingerprint_id: await fingerprint(api, { system: unique('system') }) });
    }
  });
}
