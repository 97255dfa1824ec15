import { anEvent } from './testing/builders.js';
import { problemOf, send, slugOf, Wire } from './testing/exchange.js';
import { DISABLED_KEY, TENANT, VALID_KEY } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

describe('authentication', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());

  test('a known key gives the tenant, whatever the body says', async () => {
    const answer = await send(gateway, 'POST', '/api/v1/events', { body: anEvent({ tenant: 'other' }) });
    expect(answer.status).toBe(200);
    expect(gateway.useCases.events.recorded.at(-1)?.tenant).toBe(TENANT);
  });

  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('the scheme may be written %s', async (scheme) => {
    const headers = { authorization: `${scheme} ${VALID_KEY}` };
    expect((await send(gateway, 'GET', '/api/v1/agents/none', { key: null, headers })).status).toBe(404);
  });

  test.each([
    ['no header', undefined],
    ['an unknown key', 'Bearer nobody'],
    ['another scheme', `Basic ${VALID_KEY}`],
    ['a scheme alone', 'Bearer'],
    ['a key alone', VALID_KEY],
    ['two keys', `Bearer ${VALID_KEY} ${VALID_KEY}`],
  ])('%s is 401 and names the scheme', async (_what, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await send(gateway, 'GET', '/api/v1/agents/a', { key: null, headers });
    expect(problemOf(answer)).toBe('401 unauthorized');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test.each(['key', 'api_key', 'access_token', 'authorization'])('a key in the query as %s is no key', async (name) => {
    const answer = await send(gateway, 'GET', `/api/v1/agents/a?${name}=${VALID_KEY}`, { key: null });
    expect(problemOf(answer)).toBe('401 unauthorized');
  });

  test('a key of a disabled tenant is 403', async () => {
    expect(problemOf(await send(gateway, 'GET', '/api/v1/agents/a', { key: DISABLED_KEY }))).toBe('403 forbidden');
  });

  test.each([
    ['GET', '/api/v1'],
    ['GET', '/api/v1/'],
    ['GET', '/api/v1/nothing/here'],
    ['GET', '//api//v1//nothing'],
    ['GET', '/%61pi/v1/nothing'],
    ['GET', '/api/v1/agents/%zz'],
    ['GET', `/api/v1/agents/${'a'.repeat(9_000)}`],
    ['DELETE', '/api/v1/agents/a'],
    ['OPTIONS', '/api/v1/events'],
    ['PROPFIND', '/api/v1/agents/a'],
  ])('%s %.30s needs a key before anything else is said about it', async (method, path) => {
    expect(problemOf(await send(gateway, method, path, { key: null }))).toBe('401 unauthorized');
    expect((await send(gateway, method, path)).status).not.toBe(401);
  });

  test.each(['/apiv1', '/api', '/api/v10', '/API/v1/agents/a', '/'])(
    '%s is outside the API and needs none',
    async (path) => {
      expect(problemOf(await send(gateway, 'GET', path, { key: null }))).toBe('404 not-found');
    },
  );

  test('401 is answered before the body arrives', async () => {
    const wire = await Wire.open(gateway);
    wire.write('POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Encoding: zstd\r\n\r\n');
    const { json } = await wire.answer();
    expect(slugOf(json)).toBe('unauthorized');
    wire.close();
  });
});
