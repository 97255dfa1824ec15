import { pathsOf, problemOf, send } from './testing/exchange.js';
import { FINGERPRINT_ID } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

const CREATED_AT = '2026-05-09T07:29:33.120Z';

describe('registrations', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());

  const put = (path: string, body: unknown) => send(gateway, 'PUT', `/api/v1${path}`, { body });
  const patch = (path: string, body: unknown) => send(gateway, 'PATCH', `/api/v1${path}`, { body });
  const get = (path: string) => send(gateway, 'GET', `/api/v1${path}`);

  describe('fingerprints', () => {
    const required = { language: 'Python', language_version: '3.12.1', system: 'Linux' };
    const registered = () => gateway.useCases.fingerprints.registered.at(-1);

    test('the three required fields are enough; absent and null are null', async () => {
      const answer = await put('/fingerprints', { ...required, git_branch: null, unknown: 1 });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({ fingerprint_id: FINGERPRINT_ID });
      expect(registered()).toEqual({
        ...required,
        openai_sdk_version: null,
        anthropic_sdk_version: null,
        gemini_sdk_version: null,
        voker_sdk_version: null,
        all_packages: null,
        git_repository_url: null,
        git_branch: null,
        git_commit_hash: null,
        git_commit_date: null,
      });
    });

    test('values are handed over as sent', async () => {
      const optional = {
        openai_sdk_version: '2.38.0',
        anthropic_sdk_version: '0.103.1',
        gemini_sdk_version: '1.75.0',
        voker_sdk_version: '0.0.15',
        all_packages: { openai: '2.38.0', constructor: '1' },
        git_repository_url: 'https://user:pass@example.com/x.git',
        git_branch: '',
        git_commit_hash: 'abc',
        git_commit_date: '2026-05-09 07:29:33 +0200',
      };
      expect((await put('/fingerprints', { ...required, ...optional })).status).toBe(200);
      expect(registered()).toEqual({ ...required, ...optional });
    });

    test.each([
      ['language', undefined],
      ['language', null],
      ['language_version', 3.12],
      ['system', null],
      ['git_branch', 1],
      ['git_commit_date', {}],
      ['all_packages', []],
      ['all_packages', 'x'],
      ['all_packages', { openai: 2 }],
      ['all_packages', { openai: null }],
    ])('%s of %j is 400', async (field, value) => {
      const answer = await put('/fingerprints', { ...required, [field]: value });
      expect(problemOf(answer)).toBe('400 invalid-request');
      expect(pathsOf(answer)).toEqual([field]);
    });
  });

  describe('agents', () => {
    const agent = { agent_name: 'ag', description: 'd', agent_number: 1, created_at: CREATED_AT, deprecated_at: null };

    test('creating, getting and changing answer the same five keys', async () => {
      expect((await put('/agents', { agent_name: 'ag', description: 'd' })).json).toEqual(agent);
      expect((await get('/agents/ag')).json).toEqual(agent);
      expect((await patch('/agents/ag', {})).json).toEqual(agent);
      expect((await patch('/agents/ag', { deprecated: true })).json).toEqual({ ...agent, deprecated_at: CREATED_AT });
      expect((await patch('/agents/ag', { deprecated: false })).json).toEqual(agent);
      expect((await patch('/agents/ag', { description: null })).json).toEqual({ ...agent, description: null });
      expect((await patch('/agents/ag', { description: '' })).json).toEqual({ ...agent, description: '' });
    });

    test('a description is answered as the same string, lone surrogates and NUL included', async () => {
      const answer = await put('/agents', '{"agent_name":"odd","description":"\\ud800\\u0000 é"}');
      expect((answer.json as { description: string }).description).toBe('\ud800\u0000 é');
    });

    test.each([
      ['PUT', '/agents', {}, 'agent_name'],
      ['PUT', '/agents', { agent_name: null }, 'agent_name'],
      ['PUT', '/agents', { agent_name: '' }, 'agent_name'],
      ['PUT', '/agents', { agent_name: 'a'.repeat(513) }, 'agent_name'],
      ['PUT', '/agents', { agent_name: 'a', description: 1 }, 'description'],
      ['PATCH', '/agents/ag', { deprecated: null }, 'deprecated'],
      ['PATCH', '/agents/ag', { deprecated: 'true' }, 'deprecated'],
      ['PATCH', '/agents/ag', { description: 1 }, 'description'],
      ['PUT', '/agents/ag/agent-versions', {}, 'agent_version_name'],
      ['PUT', '/agents/ag/agent-versions', { agent_version_name: 'v', description: [] }, 'description'],
      ['PATCH', '/agents/ag/agent-versions/v', { deprecated: null }, 'deprecated'],
      ['PUT', '/people', { properties: {} }, 'person_id'],
      ['PUT', '/people', { person_id: 'p', properties: [] }, 'properties'],
      ['PUT', '/people', { person_id: 'p', properties: 'x' }, 'properties'],
      ['PUT', '/people/p', {}, 'properties'],
      ['PUT', '/people/p', { properties: null }, 'properties'],
    ])('%s %s of %j is 400 and names %s', async (method, path, body, field) => {
      const answer = await send(gateway, method, `/api/v1${path}`, { body });
      expect(problemOf(answer)).toBe('400 invalid-request');
      expect(pathsOf(answer)).toEqual([field]);
    });

    test('an unknown agent is 404', async () => {
      expect(problemOf(await get('/agents/nobody'))).toBe('404 agent-not-found');
      expect(problemOf(await patch('/agents/nobody', {}))).toBe('404 agent-not-found');
    });

    test('a read that cannot be answered is 503 with Retry-After', async () => {
      gateway.useCases.agents.down = true;
      const answer = await get('/agents/ag');
      gateway.useCases.agents.down = false;
      expect(problemOf(answer)).toBe('503 unavailable');
      expect(answer.headers['retry-after']).toBe('3');
    });
  });

  describe('names in paths', () => {
    test.each([
      ['a slash', 'a/b', 'a%2Fb'],
      ['an escaped slash', 'a%2Fb', 'a%252Fb'],
      ['a dot segment', '..', '%2e%2e'],
      ['a space', ' a b ', '%20a%20b%20'],
      ['a plus', 'a+b', 'a+b'],
      ['a semicolon and a colon', 'a;b:c', 'a;b:c'],
      ['a question mark and a hash', 'a?b#c', 'a%3Fb%23c'],
      ['two slashes', 'a//b', 'a%2F%2Fb'],
      ['a slash at its end', 'a/', 'a%2F'],
      ['characters beyond ASCII', 'é𝄞', encodeURIComponent('é𝄞')],
      ['512 four-byte characters', '𝄞'.repeat(512), encodeURIComponent('𝄞'.repeat(512))],
    ])('%s comes through', async (_what, name, encoded) => {
      await put('/agents', { agent_name: name });
      const answer = await get(`/agents/${encoded}`);
      expect(answer.json).toMatchObject({ agent_name: name });
      await put(`/agents/${encoded}/agent-versions`, { agent_version_name: name });
      const version = await get(`/agents/${encoded}/agent-versions/${encoded}`);
      expect(version.json).toMatchObject({ agent_version_name: name });
    });

    test.each([
      ['a control character', 'a%0Ab'],
      ['NUL', '%00'],
      ['a C1 control character', '%C2%85'],
      ['513 characters', 'a'.repeat(513)],
      ['513 four-byte characters', encodeURIComponent('𝄞'.repeat(513))],
      ['far more characters', 'a'.repeat(9_000)],
    ])('%s is 400', async (_what, encoded) => {
      expect(problemOf(await get(`/agents/${encoded}`))).toBe('400 invalid-request');
      expect(problemOf(await get(`/people/${encoded}`))).toBe('400 invalid-request');
      expect(problemOf(await get(`/agents/ag/agent-versions/${encoded}`))).toBe('400 invalid-request');
      expect(problemOf(await patch(`/agents/${encoded}`, {}))).toBe('400 invalid-request');
    });
  });

  describe('agent versions', () => {
    test('creating, getting and changing answer the same five keys', async () => {
      await put('/agents', { agent_name: 'host' });
      const path = '/agents/host/agent-versions';
      const version = {
        agent_version_name: 'v1',
        description: null,
        agent_version_number: 1,
        created_at: CREATED_AT,
        deprecated_at: null,
      };
      expect((await put(path, { agent_version_name: 'v1' })).json).toEqual(version);
      expect((await get(`${path}/v1`)).json).toEqual(version);
      expect((await patch(`${path}/v1`, { description: 'x' })).json).toEqual({ ...version, description: 'x' });
    });

    test('an unknown agent is told before an unknown version', async () => {
      expect(problemOf(await get('/agents/nobody/agent-versions/v'))).toBe('404 agent-not-found');
      expect(problemOf(await put('/agents/nobody/agent-versions', { agent_version_name: 'v' }))).toBe(
        '404 agent-not-found',
      );
      expect(problemOf(await get('/agents/host/agent-versions/v'))).toBe('404 agent-version-not-found');
      expect(problemOf(await patch('/agents/host/agent-versions/v', {}))).toBe('404 agent-version-not-found');
    });
  });

  describe('people', () => {
    const literal =
      '{"n":12345678901234567890, "a":1,"a":2,"e":1.0e1,"nul":"\\u0000","lone":"\\ud800","__proto__":{"x":1}}';

    test('properties come back as the literal text that was sent', async () => {
      const answer = await put('/people', `{"properties":{"first":1},"person_id":"p","properties" : ${literal} }`);
      expect(answer.text).toBe(`{"person_id":"p","properties":${literal},"created_at":"${CREATED_AT}"}`);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect((await get('/people/p')).text).toBe(answer.text);
    });

    test('null and absent keep what there is, an object replaces the whole of it', async () => {
      await put('/people', { person_id: 'kept', properties: { a: 1 } });
      for (const body of [{ person_id: 'kept' }, { person_id: 'kept', properties: null }]) {
        expect((await put('/people', body)).json).toMatchObject({ properties: { a: 1 } });
      }
      expect((await put('/people/kept', { properties: {} })).json).toMatchObject({ properties: {} });
    });

    test('a person without properties has null ones', async () => {
      expect((await put('/people', { person_id: 'bare' })).json).toEqual({
        person_id: 'bare',
        properties: null,
        created_at: CREATED_AT,
      });
    });

    test('an unknown person is 404', async () => {
      expect(problemOf(await get('/people/nobody'))).toBe('404 person-not-found');
      expect(problemOf(await put('/people/nobody', { properties: {} }))).toBe('404 person-not-found');
    });
  });
});
