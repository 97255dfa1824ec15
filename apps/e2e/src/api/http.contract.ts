import type { System } from '../harness/system.js';
import { agentPath, eventBody, expectProblem, recordedId, unique, type Agent } from './requests.js';

/** Keys, paths, methods, and what stands at the root. */
export function describeHttp(system: () => System): void {
  it('without a valid key everything under the API is 401, before path, method or body are looked at', async () => {
    const { api } = system();
    const attempts = [
      { path: '/api/v1/people/x' },
      { path: '/api/v1/nothing' },
      { method: 'DELETE', path: '/api/v1/events' },
      { method: 'POST', path: '/api/v1/events', body: 'no json', headers: { 'content-encoding': 'zstd' } },
      { method: 'OPTIONS', path: '/api/v1/events' },
      { path: '//api//v1//people/x' },
      { path: `/api/v1/people/x?api_key=${system().apiKey}&key=${system().apiKey}` },
    ];
    for (const attempt of attempts) {
      const answer = await api.send({ ...attempt, key: null });
      expectProblem(answer, 401, 'unauthorized');
      expect(answer.headers['www-authenticate']).toBe('Bearer');
    }
    expectProblem(
      await api.send({ path: '/api/v1/people/x', key: 'a-key-that-nobody-has-issued' }),
      401,
      'unauthorized',
    );
    for (const authorization of ['Basic eDp5', 'Bearer', `Bearer ${system().apiKey} x`, system().apiKey]) {
      expectProblem(await api.send({ path: '/api/v1/people/x', headers: { authorization } }), 401, 'unauthorized');
    }
  });

  it('the scheme word is case-insensitive', async () => {
    const { api, apiKey } = system();
    for (const scheme of ['bearer', 'BEARER', 'BeArEr']) {
      const answer = await api.send({
        path: `/api/v1${agentPath(unique('nobody'))}`,
        headers: { authorization: `${scheme} ${apiKey}` },
      });
      expectProblem(answer, 404, 'agent-not-found');
    }
  });

  it('an unknown path is 404, under the API and at the root', async () => {
    const { api } = system();
    for (const path of [
      '/api/v1',
      '/api/v1/nothing',
      '/api/v1/agents/a/b/c/d',
      '/api/v1/people',
      '/',
      '/nothing',
      '/api/v2/events',
    ]) {
      const method = path === '/api/v1/people' ? 'PUT' : 'GET';
      const answer = await api.send({ method, path: method === 'PUT' ? `${path}/a/b` : path });
      expectProblem(answer, 404, 'not-found');
    }
  });

  it.each([
    ['DELETE', '/events', 'POST'],
    ['GET', '/events', 'POST'],
    ['POST', '/people', 'PUT'],
    ['GET', '/people', 'PUT'],
    ['DELETE', '/people/x', 'GET, HEAD, PUT'],
    ['PUT', '/agents/x', 'GET, HEAD, PATCH'],
    ['GET', '/agents', 'PUT'],
    ['POST', '/agents/x/agent-versions', 'PUT'],
    ['PUT', '/agents/x/agent-versions/v', 'GET, HEAD, PATCH'],
    ['OPTIONS', '/events', 'POST'],
    ['OPTIONS', '/agents/x', 'GET, HEAD, PATCH'],
  ])('%s %s is 405, with what is allowed', async (method, path, allow) => {
    const answer = await system().api.send({ method, path: `/api/v1${path}` });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(answer.headers.allow?.split(', ').sort().join(', ')).toBe(allow);
  });

  it('HEAD answers like GET, without a body', async () => {
    const { api } = system();
    const name = unique('agent');
    await api.put('/agents', { agent_name: name });
    const get = await api.get(agentPath(name));
    const head = await api.send({ method: 'HEAD', path: `/api/v1${agentPath(name)}` });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
    const missing = await api.send({ method: 'HEAD', path: `/api/v1${agentPath(unique('nobody'))}` });
    expect([missing.status, missing.text]).toEqual([404, '']);
  });

  it('a trailing slash is ignored and `//` is folded', async () => {
    const { api } = system();
    const name = unique('agent');
    expect((await api.put('/agents/', { agent_name: name })).status).toBe(200);
    for (const path of [`/agents/${name}/`, `//agents//${name}`, `/agents//${name}//`]) {
      expect((await api.get(path)).json<Agent>().agent_name).toBe(name);
    }
    recordedId(await api.send({ method: 'POST', path: '//api//v1//events/', body: await eventBody(api) }));
  });

  it('a query is ignored', async () => {
    const { api } = system();
    const name = unique('agent');
    await api.put('/agents?x=1', { agent_name: name });
    expect((await api.get(`${agentPath(name)}?fields=none`)).json<Agent>().agent_name).toBe(name);
  });

  it('a path that cannot be decoded is invalid-request in the same envelope', async () => {
    expectProblem(await system().api.get('/people/%'), 400, 'invalid-request');
  });

  it('what the HTTP parser refuses has the same envelope', async () => {
    const answer = await system().api.send({ path: '/health/live', headers: { 'x-large': 'x'.repeat(64 * 1024) } });
    expectProblem(answer, 431, 'headers-too-large');
  });

  it('health stands at the root and needs no key', async () => {
    const { api } = system();
    const live = await api.send({ path: '/health/live', key: null });
    expect([live.status, live.json()]).toEqual([200, { status: 'ok', checks: expect.any(Object) }]);
    const ready = await api.send({ path: '/health/ready', key: null });
    expect(ready.status).toBe(200);
    expect(ready.json()).toMatchObject({
      status: 'ok',
      checks: { log: { up: true }, store: { up: true }, projections: { up: true, lagMessages: expect.any(Object) } },
    });
  });

  it('metrics are Prometheus text and carry no tenant, agent, person or session names', async () => {
    const { api } = system();
    const names = { agent: unique('agent'), person: unique('person'), session: unique('session') };
    recordedId(await api.post('/events', await eventBody(api, names)));
    for (let turn = 0; turn < 2; turn += 1) {
      const { status, text, headers } = await api.send({ path: '/metrics', key: null });
      expect(status).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/plain/);
      expect(text).toMatch(/^logbook_http_requests_total\{[^}]*\} \d+$/m);
      for (const name of Object.values(names)) expect(text).not.toContain(name);
      expect(text).not.toMatch(/tenant/);
    }
  });

  it('the OpenAPI document is served, names every operation, and the documentation page shows it', async () => {
    const { api } = system();
    const answer = await api.send({ path: '/openapi.json', key: null });
    const document = answer.json<{ openapi: string; paths: Record<string, object> }>();
    expect([answer.status, document.openapi]).toEqual([200, expect.stringMatching(/^3\.1\./)]);
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    for (const operation of OPERATIONS) expect(operations).toContain(operation);
    const docs = await api.send({ path: '/docs', key: null });
    expect([docs.status, docs.headers['content-type']]).toEqual([200, expect.stringMatching(/^text\/html/)]);
  });
}

const OPERATIONS = [
  'post /api/v1/events',
  'post /api/v1/events/batch',
  'put /api/v1/fingerprints',
  'put /api/v1/people',
  'get /api/v1/people/{person_id}',
  'put /api/v1/people/{person_id}',
  'put /api/v1/agents',
  'get /api/v1/agents/{agent_name}',
  'patch /api/v1/agents/{agent_name}',
  'put /api/v1/agents/{agent_name}/agent-versions',
  'get /api/v1/agents/{agent_name}/agent-versions/{agent_version_name}',
  'patch /api/v1/agents/{agent_name}/agent-versions/{agent_version_name}',
];
