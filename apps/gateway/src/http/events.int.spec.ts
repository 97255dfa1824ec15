import { anEvent } from './testing/builders.js';
import { messageOf, pathsOf, problemOf, send } from './testing/exchange.js';
import { EVENT_ID, FINGERPRINT_ID, UNKNOWN_FINGERPRINT_ID } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

describe('POST /events', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send(gateway, 'POST', '/api/v1/events', { body, headers });
  const recorded = () => gateway.useCases.events.recorded.at(-1);

  test('answers 200 and the id of the event', async () => {
    const answer = await post(anEvent());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ id: EVENT_ID });
  });

  test('hands over what the envelope says, and its own text', async () => {
    const names = { agent: 'a', agent_version: 'v', person: 'p', session: 's' };
    const body = JSON.stringify(anEvent({ ...names, properties: { model: 'm' }, unknown: 1 }));
    await post(body);
    expect(recorded()).toEqual({
      tenant: 'acme',
      text: body,
      bytes: Buffer.from(body),
      properties: { model: 'm' },
      fingerprintId: FINGERPRINT_ID,
      agentName: 'a',
      agentVersionName: 'v',
      personId: 'p',
      session: 's',
      idempotencyKey: null,
    });
  });

  test('null says the same as absent', async () => {
    await post(anEvent({ agent: null, agent_version: null, person: null, session: null }));
    expect(recorded()).toMatchObject({ agentName: null, agentVersionName: null, personId: null, session: null });
  });

  test('fingerprint_id may be in either case and is handed over in lower case', async () => {
    expect((await post(anEvent({ fingerprint_id: FINGERPRINT_ID.toUpperCase() }))).status).toBe(200);
    expect(recorded()?.fingerprintId).toBe(FINGERPRINT_ID);
  });

  test.each([
    ['event_name', undefined],
    ['event_name', 'LLM'],
    ['event_name', 'tool'],
    ['event_name', null],
    ['properties', undefined],
    ['properties', null],
    ['properties', []],
    ['properties', 'x'],
    ['fingerprint_id', undefined],
    ['fingerprint_id', null],
    ['fingerprint_id', 'not-a-uuid'],
    ['fingerprint_id', `{${FINGERPRINT_ID}}`],
    ['agent', ''],
    ['agent', 1],
    ['agent', 'a\nb'],
    ['agent', '\ud800'],
    ['agent_version', ''],
    ['agent_version', {}],
    ['person', ''],
    ['person', '\u0085'],
    ['person', ['p']],
    ['session', 1],
    ['session', 'a\u0000'],
  ])('%s of %j is 400 and named', async (field, value) => {
    const answer = await post(anEvent({ [field]: value }));
    expect(problemOf(answer)).toBe('400 invalid-request');
    expect(pathsOf(answer)).toEqual([field]);
    expect(messageOf(answer)).toContain(field);
  });

  test('every wrong field is named at once', async () => {
    const answer = await post({ event_name: 'x', agent: '' });
    expect(pathsOf(answer).sort()).toEqual(['agent', 'event_name', 'fingerprint_id', 'properties']);
  });

  test.each(['agent', 'agent_version', 'person', 'session'])(
    '%s may have 512 code points and not 513',
    async (field) => {
      for (const character of ['a', '𝄞', 'é']) {
        expect((await post(anEvent({ [field]: character.repeat(512) }))).status).toBe(200);
        expect(problemOf(await post(anEvent({ [field]: character.repeat(513) })))).toBe('400 invalid-request');
      }
    },
  );

  test('names are taken as sent: spaces, slashes and composition unchanged', async () => {
    await post(anEvent({ agent: ' a/b ', person: 'e\u0301' }));
    expect(recorded()).toMatchObject({ agentName: ' a/b ', personId: 'e\u0301' });
  });

  test('an empty session is 422, and only once all else is right', async () => {
    expect(problemOf(await post(anEvent({ session: '' })))).toBe('422 session-id-empty');
    expect(problemOf(await post(anEvent({ session: '', agent: '' })))).toBe('400 invalid-request');
    expect((await post(anEvent({ session: ' ' }))).status).toBe(200);
  });

  test('no name of an envelope is looked up in a prototype', async () => {
    const inherited = `{"__proto__":${JSON.stringify(anEvent())}}`;
    expect(problemOf(await post(inherited))).toBe('400 invalid-request');
  });

  test('an unknown fingerprint is 404', async () => {
    expect(problemOf(await post(anEvent({ fingerprint_id: UNKNOWN_FINGERPRINT_ID })))).toBe(
      '404 fingerprint-not-found',
    );
  });

  test.each(['k', '~'.repeat(255), '!"#;='])('an idempotency key of %.10s is handed over', async (key) => {
    expect((await post(anEvent(), { 'idempotency-key': key })).status).toBe(200);
    expect(recorded()?.idempotencyKey).toBe(key);
  });

  test.each(['', 'a'.repeat(256), 'a b', 'é', 'a\tb'])('an idempotency key of %.10j is 400', async (key) => {
    const answer = await post(anEvent(), { 'idempotency-key': key });
    expect(problemOf(answer)).toBe('400 invalid-request');
    expect(pathsOf(answer)).toEqual(['Idempotency-Key']);
  });

  test('an idempotency key is ignored where none applies', async () => {
    const headers = { 'idempotency-key': 'a b' };
    expect((await send(gateway, 'PUT', '/api/v1/agents', { body: { agent_name: 'a' }, headers })).status).toBe(200);
  });

  test('a trace is handed on if it has the form of one', async () => {
    const trace = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await post(anEvent(), { traceparent: trace });
    expect(recorded()?.traceparent).toBe(trace);
    for (const wrong of [`00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`, 'x', trace.toUpperCase(), `${trace}-x`]) {
      await post(anEvent(), { traceparent: wrong });
      expect(recorded()?.traceparent).toBeUndefined();
    }
  });

  describe('when it is not recorded', () => {
    afterEach(() => {
      gateway.useCases.events.outcome = { outcome: 'RECORDED', id: EVENT_ID };
    });

    test('what is away is 503 with whole seconds to wait', async () => {
      gateway.useCases.events.outcome = { outcome: 'UNAVAILABLE', retryAfterSeconds: 1.2, reason: 'the log is away' };
      const answer = await post(anEvent());
      expect(problemOf(answer)).toBe('503 unavailable');
      expect(answer.headers['retry-after']).toBe('2');
      expect(messageOf(answer)).toBe('the log is away');
    });

    test('what the log cannot hold is 413', async () => {
      gateway.useCases.events.outcome = { outcome: 'TOO_LARGE' };
      expect(problemOf(await post(anEvent()))).toBe('413 payload-too-large');
    });

    test('what nobody expected is 500, says nothing of our insides, and is told once, under the id that the answer carries', async () => {
      const told: unknown[] = [];
      const failing = await RunningGateway.start({ onFailed: (error, trail) => told.push([error, trail]) });
      const failure = new Error('password=hunter2');
      failing.useCases.events.failure = failure;
      const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
      const answer = await send(failing, 'POST', '/api/v1/events', { body: anEvent(), headers });
      await failing.close();
      expect(problemOf(answer)).toBe('500 internal');
      expect(answer.text).not.toContain('hunter2');
      const requestId = answer.headers['x-request-id'];
      expect(requestId).toMatch(/^[0-9a-f]{12}-1$/);
      expect(told).toEqual([[failure, { requestId, traceId: 'a'.repeat(32), operation: 'POST /api/v1/events' }]]);
    });
  });
});
