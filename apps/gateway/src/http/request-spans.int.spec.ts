import { createLogger, startTracing, type Tracing } from '@logbook/observability';
import { eventually, type SpanReceiver, startSpanReceiver } from '@logbook/testing';
import { anEvent } from './testing/builders.js';
import { send } from './testing/exchange.js';
import { RunningGateway } from './testing/running-gateway.js';

const TRACE = 'a'.repeat(32);
const CALLER = `00-${TRACE}-${'b'.repeat(16)}-01`;

describe('a traced gateway', () => {
  let receiver: SpanReceiver;
  let tracing: Tracing;
  let gateway: RunningGateway;

  beforeEach(async () => {
    receiver = await startSpanReceiver();
    const settings = {
      endpoint: receiver.url,
      headers: {},
      sampler: { name: 'parentbased_always_on', ratio: 1 } as const,
    };
    const logger = createLogger({ level: 'silent', service: 'test' });
    tracing = (await startTracing({ settings, service: 'gateway', logger }))!;
    gateway = await RunningGateway.start({ tracing });
  });
  afterEach(async () => {
    await gateway.close();
    await tracing.close();
    await receiver.close();
  });

  /** What was exported once the requests are over. */
  async function spans() {
    await gateway.close();
    await tracing.close();
    return receiver.spans;
  }

  it('has a span for a request, by its route and never by its path', async () => {
    await send(gateway, 'GET', '/api/v1/people/ann%20of%20acme', { headers: { traceparent: CALLER } });
    const [span] = await spans();
    expect(span).toMatchObject({
      service: 'logbook-gateway',
      name: 'GET /api/v1/people/:person_id',
      kind: 2,
      traceId: TRACE,
      parentSpanId: 'b'.repeat(16),
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/people/:person_id',
        'http.response.status_code': 404,
      },
      isFailed: false,
    });
    expect(JSON.stringify(span)).not.toContain('ann');
  });

  it('marks what failed, and not what the caller got wrong', async () => {
    gateway.useCases.events.outcome = { outcome: 'UNAVAILABLE', retryAfterSeconds: 1, reason: 'away' };
    await send(gateway, 'POST', '/api/v1/events', { body: anEvent() });
    await send(gateway, 'POST', '/api/v1/events', { body: 'no json' });
    expect(
      (await spans()).map(({ attributes, isFailed }) => [attributes['http.response.status_code'], isFailed]),
    ).toEqual([
      [503, true],
      [400, false],
    ]);
  });

  it('has none for a request without a valid key, without a route, or of an operator', async () => {
    await send(gateway, 'GET', '/api/v1/agents/a', { key: null, headers: { traceparent: CALLER } });
    await send(gateway, 'GET', '/api/v1/agents/a', { key: 'wrong', headers: { traceparent: CALLER } });
    await send(gateway, 'GET', '/api/v1/nothing');
    for (const path of ['/health/ready', '/metrics', '/openapi.json']) await send(gateway, 'GET', path);
    expect(await spans()).toEqual([]);
  });

  it('runs the handler with the span under way, also where the body came late', async () => {
    const seen: (string | undefined)[] = [];
    const { record } = gateway.useCases.events;
    gateway.useCases.events.record = async (event) => {
      await Promise.resolve();
      const child = tracing.child('inside', { kind: 'PRODUCER', attributes: {} });
      seen.push(child?.traceparent.slice(3, 35));
      return record.call(gateway.useCases.events, event);
    };
    const own = (letter: string) => ({ traceparent: CALLER.replace(TRACE, letter.repeat(32)) });
    const big = anEvent({ properties: { text: 'x'.repeat(2 * 1024 * 1024) } });
    await Promise.all([
      send(gateway, 'POST', '/api/v1/events', { body: big, headers: own('c') }),
      send(gateway, 'POST', '/api/v1/events', { body: anEvent(), headers: own('d') }),
    ]);
    await eventually(() => seen.length === 2, { what: 'both requests' });
    expect(seen.sort()).toEqual(['c'.repeat(32), 'd'.repeat(32)]);
  });
});
