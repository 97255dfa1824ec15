import type { System } from '../harness/system.js';
import { newTenant } from './new-tenant.js';
import { agentPath, expectProblem, TIME, unique, versionPath, type Agent, type AgentVersion } from './requests.js';

/** Agents and agent versions: PUT, GET, PATCH. */
export function describeEntities(system: () => System): void {
  it('a created agent has exactly the five keys, and GET sees it at once at every gateway', async () => {
    const { api } = system();
    const name = unique('agent');
    const created = await api.put('/agents', { agent_name: name, description: 'd' });
    expect(created.status).toBe(200);
    expect(created.json()).toEqual({
      agent_name: name,
      description: 'd',
      agent_number: expect.any(Number),
      created_at: expect.stringMatching(TIME),
      deprecated_at: null,
    });
    for (let turn = 0; turn < 2; turn += 1) expect((await api.get(agentPath(name))).text).toBe(created.text);
  });

  it('a created version has exactly the five keys, and GET sees it at once at every gateway', async () => {
    const { api } = system();
    const agent = unique('agent');
    await api.put('/agents', { agent_name: agent });
    const created = await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: 'v1' });
    expect(created.status).toBe(200);
    expect(created.json()).toEqual({
      agent_version_name: 'v1',
      description: null,
      agent_version_number: 1,
      created_at: expect.stringMatching(TIME),
      deprecated_at: null,
    });
    for (let turn = 0; turn < 2; turn += 1) expect((await api.get(versionPath(agent, 'v1'))).text).toBe(created.text);
  });

  it('creating what exists answers it unchanged, whatever description is sent', async () => {
    const { api } = system();
    const agent = unique('agent');
    const versions = `${agentPath(agent)}/agent-versions`;
    const first = await api.put('/agents', { agent_name: agent, description: 'first' });
    const firstVersion = await api.put(versions, { agent_version_name: 'v', description: 'first' });
    for (const description of ['second', null, undefined]) {
      expect((await api.put('/agents', { agent_name: agent, description })).text).toBe(first.text);
      expect((await api.put(versions, { agent_version_name: 'v', description })).text).toBe(firstVersion.text);
    }
  });

  it('agents of a tenant and versions of an agent count 1, 2, 3 without gaps or doubles, also when created at once', async () => {
    const { api } = await newTenant(system());
    for (const number of [1, 2, 3]) {
      const agent = `agent-${number}`;
      expect((await api.put('/agents', { agent_name: agent })).json<Agent>().agent_number).toBe(number);
      for (const versionNumber of [1, 2]) {
        const answer = await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: `v${versionNumber}` });
        expect(answer.json<AgentVersion>().agent_version_number).toBe(versionNumber);
      }
    }
    const names = Array.from({ length: 8 }, (_each, index) => `at-once-${index}`);
    const answers = await Promise.all([...names, ...names].map((agent_name) => api.put('/agents', { agent_name })));
    const agents = answers.map((answer) => answer.json<Agent>());
    const numbers = new Map(agents.map((agent) => [agent.agent_name, agent.agent_number]));
    expect([...numbers.values()].sort((a, b) => a - b)).toEqual([4, 5, 6, 7, 8, 9, 10, 11]);
    for (const agent of agents) expect(agent.agent_number).toBe(numbers.get(agent.agent_name));
  });

  it.each(['agent', 'version'])('a change of one %s changes what it names and nothing else', async (kind) => {
    const { api } = system();
    const agent = unique('agent');
    await api.put('/agents', { agent_name: agent, description: 'before' });
    await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: 'v', description: 'before' });
    const path = kind === 'agent' ? agentPath(agent) : versionPath(agent, 'v');
    const created = (await api.get(path)).json<Agent>();
    const change = async (body: object): Promise<Agent> => {
      const answer = await api.patch(path, body);
      expect([answer.status, answer.text]).toEqual([200, (await api.get(path)).text]);
      return answer.json<Agent>();
    };
    expect(await change({})).toEqual(created);
    expect(await change({ unknown: 1 })).toEqual(created);
    expect(await change({ description: 'after' })).toEqual({ ...created, description: 'after' });
    const deprecated = await change({ deprecated: true });
    expect(deprecated).toEqual({ ...created, description: 'after', deprecated_at: expect.stringMatching(TIME) });
    expect(await change({ deprecated: true })).toEqual(deprecated);
    expect(await change({ description: null })).toEqual({ ...deprecated, description: null });
    expect(await change({ deprecated: false })).toEqual({ ...created, description: null });
    expect(await change({ description: 'x', deprecated: true })).toMatchObject({
      description: 'x',
      deprecated_at: expect.any(String),
    });
  });

  it.each([
    { deprecated: null },
    { deprecated: 'true' },
    { deprecated: 1 },
    { description: 1 },
    { description: {} },
    [],
  ])('the change %j is refused', async (body) => {
    const { api } = system();
    const agent = unique('agent');
    await api.put('/agents', { agent_name: agent });
    await api.put(`${agentPath(agent)}/agent-versions`, { agent_version_name: 'v' });
    expectProblem(await api.patch(agentPath(agent), body), 400, 'invalid-request');
    expectProblem(await api.patch(versionPath(agent, 'v'), body), 400, 'invalid-request');
  });

  it('what does not exist is told by name: the agent before the version', async () => {
    const { api } = system();
    const [agent, nobody] = [unique('agent'), unique('nobody')];
    await api.put('/agents', { agent_name: agent });
    expectProblem(await api.get(agentPath(nobody)), 404, 'agent-not-found');
    expectProblem(await api.patch(agentPath(nobody), {}), 404, 'agent-not-found');
    expectProblem(await api.get(versionPath(nobody, 'v')), 404, 'agent-not-found');
    expectProblem(await api.get(versionPath(agent, 'v')), 404, 'agent-version-not-found');
    expectProblem(await api.patch(versionPath(nobody, 'v'), {}), 404, 'agent-not-found');
    expectProblem(await api.patch(versionPath(agent, 'v'), {}), 404, 'agent-version-not-found');
    expectProblem(
      await api.put(`${agentPath(nobody)}/agent-versions`, { agent_version_name: 'v' }),
      404,
      'agent-not-found',
    );
    expectProblem(await api.get(agentPath(nobody)), 404, 'agent-not-found');
  });

  it.each([{}, { agent_name: null }, { agent_name: 1 }, { agent_name: '' }, { agent_name: 'x', description: 1 }])(
    'the agent %j is refused',
    async (body) => {
      expectProblem(await system().api.put('/agents', body), 400, 'invalid-request');
    },
  );

  it('a description comes back as the same string: line breaks, NUL, lone surrogates, a megabyte', async () => {
    const { api } = system();
    for (const description of ['a\r\n\tb', '\u0000', '\ud800 and \udc00', 'é'.repeat(500_000), '']) {
      const agent = unique('agent');
      const created = await api.put('/agents', { agent_name: agent, description });
      expect(created.status).toBe(200);
      expect(created.json<Agent>().description === description).toBe(true);
      expect((await api.get(agentPath(agent))).text === created.text).toBe(true);
    }
  });

  it('created_at never changes once answered', async () => {
    const { api } = system();
    const agent = unique('agent');
    const { created_at: createdAt } = (await api.put('/agents', { agent_name: agent })).json<Agent>();
    await api.patch(agentPath(agent), { description: 'later' });
    await api.put('/agents', { agent_name: agent });
    expect((await api.get(agentPath(agent))).json<Agent>().created_at).toBe(createdAt);
  });
}
