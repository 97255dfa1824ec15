import { anEvent } from './testing/builders.js';
import { problemOf, send, Wire } from './testing/exchange.js';
import { RunningGateway } from './testing/running-gateway.js';

describe('routing', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());

  test.each([
    ['GET', '/nothing'],
    ['POST', '/api/v1/nothing'],
    ['GET', '/api/v1/agents/a/b'],
    ['PUT', '/api/v1/agents/a/agent-versions/b/c'],
    ['DELETE', '/api/v1/nothing'],
    ['OPTIONS', '/api/v1/nothing'],
    ['GET', '/docs/nothing.js'],
  ])('%s %s is 404 in the envelope', async (method, path) => {
    expect(problemOf(await send(gateway, method, path))).toBe('404 not-found');
  });

  test.each([
    ['GET', '/api/v1/events', 'POST'],
    ['HEAD', '/api/v1/events', 'POST'],
    ['PUT', '/api/v1/events', 'POST'],
    ['OPTIONS', '/api/v1/events', 'POST'],
    ['GET', '/api/v1/agents', 'PUT'],
    ['GET', '/api/v1/agents/', 'PUT'],
    ['POST', '/api/v1/agents/a', 'GET, HEAD, PATCH'],
    ['DELETE', '/api/v1/people/p', 'GET, HEAD, PUT'],
    ['PATCH', '/api/v1/people/p', 'GET, HEAD, PUT'],
    ['GET', '/api/v1/agents/a/agent-versions', 'PUT'],
    ['DELETE', '/api/v1/agents/a/agent-versions/v', 'GET, HEAD, PATCH'],
    ['TRACE', '/api/v1/fingerprints', 'PUT'],
    ['PROPFIND', '/api/v1/fingerprints', 'PUT'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['OPTIONS', '/metrics', 'GET, HEAD'],
  ])('%s %s is 405 and allows %s', async (method, path, allow) => {
    const answer = await send(gateway, method, path);
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    if (method !== 'HEAD') expect(problemOf(answer)).toBe('405 method-not-allowed');
  });

  test.each(['/api/v1/events/', '//api/v1//events', '/api//v1/events//', '/api/v1/events?x=//'])(
    '%s is /api/v1/events',
    async (path) => {
      expect((await send(gateway, 'POST', path, { body: anEvent() })).status).toBe(200);
    },
  );

  test('HEAD answers like GET, without the body', async () => {
    await send(gateway, 'PUT', '/api/v1/agents', { body: { agent_name: 'headed' } });
    for (const path of [
      '/api/v1/agents/headed',
      '/api/v1/agents/nobody',
      '/health/ready',
      '/metrics',
      '/openapi.json',
    ]) {
      const get = await send(gateway, 'GET', path);
      const head = await send(gateway, 'HEAD', path);
      expect(head.status).toBe(get.status);
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
      expect(head.text).toBe('');
    }
  });

  test.each(['%', '%2', '%zz', '%ff', '%C3', '%ED%A0%80', 'a%00b%zz'])('a path with %s in it is 400', async (name) => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect(problemOf(await send(gateway, method, `/api/v1/people/${name}`))).toBe('400 invalid-request');
    }
    expect(problemOf(await send(gateway, 'GET', `/api/v1/agents/a/agent-versions/${name}`))).toBe(
      '400 invalid-request',
    );
  });

  test.each([
    ['an absolute target', 'GET http://x/api/v1/agents/none HTTP/1.1\r\nHost: x'],
    ['a target that is no path', 'OPTIONS * HTTP/1.1\r\nHost: x'],
    ['no Host header', 'GET /api/v1/agents/none HTTP/1.1'],
  ])('%s is answered in the envelope', async (_what, head) => {
    const wire = await Wire.open(gateway);
    wire.write(`${head}\r\nAuthorization: Bearer valid-key\r\n\r\n`);
    const { json } = await wire.answer();
    expect(json).toHaveProperty('detail.type', (json as { type: string }).type);
    wire.close();
  });

  test('HTTP/1.0 needs no Host header', async () => {
    const wire = await Wire.open(gateway);
    wire.write('GET /health/live HTTP/1.0\r\n\r\n');
    expect(await wire.untilClosed()).toContain('200 OK');
  });

  test('answers carry what browsers and caches must know, and not what served them', async () => {
    for (const answer of [
      await send(gateway, 'GET', '/health/live'),
      await send(gateway, 'GET', '/api/v1/x', { key: null }),
    ]) {
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    }
  });
});

describe('routing with CORS origins', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ corsOrigins: ['https://app.example'] });
  });
  afterAll(() => gateway.close());

  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };

  test('a preflight of a named origin is answered without a key', async () => {
    const headers = { origin: 'https://app.example', ...preflight };
    const answer = await send(gateway, 'OPTIONS', '/api/v1/events', { key: null, headers });
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': 'https://app.example' });
    expect(answer.headers['access-control-allow-methods']).toContain('POST');
    expect(answer.headers['access-control-allow-headers']).toContain('Authorization');
  });

  test('a preflight of another origin allows nothing', async () => {
    const headers = { origin: 'https://other.example', ...preflight };
    const answer = await send(gateway, 'OPTIONS', '/api/v1/events', { key: null, headers });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('errors can be read by a named origin too', async () => {
    const headers = { origin: 'https://app.example' };
    const answer = await send(gateway, 'POST', '/api/v1/events', { key: null, headers, body: anEvent() });
    expect(problemOf(answer)).toBe('401 unauthorized');
    expect(answer.headers['access-control-allow-origin']).toBe('https://app.example');
  });
});
