import type { AnsweredRequest } from './gateway-app.js';
import { problemOf, send } from './testing/exchange.js';
import { RunningGateway } from './testing/running-gateway.js';

describe('the root', () => {
  const answered: AnsweredRequest[] = [];
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start({ onAnswered: (request) => answered.push(request) });
  });
  afterAll(() => gateway.close());

  const get = (path: string) => send(gateway, 'GET', path, { key: null });

  test.each(['/health/live', '/health/ready'])('%s says what is up and what is not, without a key', async (path) => {
    gateway.useCases.health.report = { ok: true, checks: { log: 'up', cache: 'down' } };
    const up = await get(path);
    expect(up.status).toBe(200);
    expect(up.json).toEqual({ status: 'ok', checks: { log: 'up', cache: 'down' } });
    gateway.useCases.health.report = { ok: false, checks: { log: 'down' } };
    const down = await get(path);
    expect(problemOf(down)).toBe('503 unavailable');
    expect(down.headers['retry-after']).toBeDefined();
    expect(down.json).toMatchObject({ status: 'unavailable', checks: { log: 'down' } });
  });

  test('/metrics is Prometheus text', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('logbook_up 1\n');
  });

  test('/openapi.json is the OpenAPI 3.1 document', async () => {
    const answer = await get('/openapi.json');
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.json).toMatchObject({ openapi: '3.1.0' });
  });

  test('/docs and everything it loads come from here', async () => {
    for (const path of ['/docs', '/docs/']) {
      const page = await get(path);
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.headers['content-security-policy']).toContain("default-src 'self'");
      const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source!);
      expect(sources.length).toBeGreaterThan(3);
      for (const source of sources) {
        expect(source).not.toMatch(/^(?:[a-z]+:)?\/\//);
        const asset = await get(new URL(source, `http://x${path}`).pathname);
        expect(`${source} ${asset.status}`).toBe(`${source} 200`);
      }
    }
    expect((await get('/docs/swagger-ui-init.js')).text).toContain('"validatorUrl": null');
  });

  test('each answer is told once, by the pattern of its route', async () => {
    answered.length = 0;
    await get('/health/live');
    await get('/api/v1/agents/secret-name');
    await get('/nothing');
    expect(answered.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['GET', '/health/live', 503],
      ['GET', '/api/v1/agents/:agent_name', 401],
      ['GET', null, 404],
    ]);
  });

  test('a refusal is told with its reason, under the id that its answer carries', async () => {
    answered.length = 0;
    const refused = await get('/api/v1/agents/secret-name');
    const unrouted = await get('/nothing');
    await get('/openapi.json');
    expect(answered.map((request) => request.refused)).toEqual([
      {
        slug: 'unauthorized',
        trail: { requestId: refused.headers['x-request-id'], operation: 'GET /api/v1/agents/:agent_name' },
      },
      { slug: 'not-found', trail: { requestId: unrouted.headers['x-request-id'], operation: 'unknown' } },
      undefined,
    ]);
    expect(refused.headers['x-request-id']).not.toBe(unrouted.headers['x-request-id']);
    // The router refuses this one before any hook sees it.
    expect((await get('/%zz')).headers['x-request-id']).toMatch(/^[0-9a-f]{12}-\d+$/);
  });
});
