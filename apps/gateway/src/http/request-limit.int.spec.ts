import { inProcessRateLimiter } from '@logbook/cache';
import { anEvent } from './testing/builders.js';
import { problemOf, send, type Answer } from './testing/exchange.js';
import { RunningGateway } from './testing/running-gateway.js';

const HEADERS = ['ratelimit', 'ratelimit-policy', 'retry-after'];
const limitHeaders = ({ headers }: Answer) => HEADERS.map((name) => headers[name]);

describe('a limit of requests for each key', () => {
  let gateway: RunningGateway;
  beforeEach(async () => {
    gateway = await RunningGateway.start({ requestLimiter: inProcessRateLimiter({ points: 3, windowSeconds: 60 }) });
  });
  afterEach(() => gateway.close());

  const post = (body: unknown = anEvent()) => send(gateway, 'POST', '/api/v1/events', { body });

  test('the last request within it is answered, the next is 429 and says when to come back', async () => {
    for (const remaining of [2, 1, 0]) {
      const answer = await post();
      expect(answer.status).toBe(200);
      expect(limitHeaders(answer)).toEqual([
        expect.stringMatching(new RegExp(`^"requests";r=${remaining};t=(60|5\\d)$`)),
        '"requests";q=3;w=60',
        undefined,
      ]);
    }
    const refused = await post();
    expect(problemOf(refused)).toBe('429 too-many-requests');
    expect(limitHeaders(refused)).toEqual([
      expect.stringMatching(/^"requests";r=0;t=(60|5\d)$/),
      '"requests";q=3;w=60',
      expect.stringMatching(/^(60|5\d)$/),
    ]);
    expect(gateway.useCases.events.recorded).toHaveLength(3);
  });

  test('refused requests count too, whatever was wrong with them', async () => {
    expect(problemOf(await post('{'))).toBe('400 invalid-json');
    expect(problemOf(await send(gateway, 'GET', '/api/v1/nothing'))).toBe('404 not-found');
    expect(problemOf(await send(gateway, 'DELETE', '/api/v1/events'))).toBe('405 method-not-allowed');
    expect(problemOf(await post())).toBe('429 too-many-requests');
  });

  test('a refusal is readable by a client that still sends its body', async () => {
    for (let sent = 0; sent < 3; sent += 1) await post();
    const answer = await post(Buffer.alloc(4 * 1024 * 1024, 0x20));
    expect(problemOf(answer)).toBe('429 too-many-requests');
  });

  test('what needs no key is not counted, nor is a key that nobody has', async () => {
    for (let sent = 0; sent < 4; sent += 1) {
      expect((await send(gateway, 'GET', '/health/live', { key: null })).headers['ratelimit']).toBeUndefined();
      expect(problemOf(await send(gateway, 'GET', '/api/v1/agents/a', { key: 'nobody' }))).toBe('401 unauthorized');
    }
    expect((await post()).status).toBe(200);
  });
});

test('without a limit no header speaks of one', async () => {
  const gateway = await RunningGateway.start();
  for (let sent = 0; sent < 5; sent += 1) {
    const answer = await send(gateway, 'POST', '/api/v1/events', { body: anEvent() });
    expect([answer.status, ...limitHeaders(answer)]).toEqual([200, undefined, undefined, undefined]);
  }
  await gateway.close();
});
