import { gzipSync } from 'node:zlib';
import { pathsOfResult, resultsOf, verdicts } from './testing/batch-results.js';
import { anEvent, anEventOfBytes } from './testing/builders.js';
import { messageOf, pathsOf, problemOf, send } from './testing/exchange.js';
import { EVENT_ID, FINGERPRINT_ID, UNKNOWN_FINGERPRINT_ID } from './testing/in-memory-use-cases.js';
import { BODY_BYTES_MAX, RunningGateway } from './testing/running-gateway.js';

const BATCH_BYTES_MAX = 16 * 1024 * 1024;
const EVENTS_MAX = 1_000;
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('POST /events/batch', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.useCases.events.recorded.splice(0));

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send(gateway, 'POST', '/api/v1/events/batch', { body, headers });
  const recordedTexts = () => gateway.useCases.events.recorded.map(({ text }) => text);
  const accepted = { status: 'accepted', id: EVENT_ID };
  const batchOf = (...items: string[]) => `{"events":[${items.join(',')}]}`;
  const event = JSON.stringify(anEvent());

  test('answers 200 and a result for each event when all were accepted', async () => {
    const answer = await post({ events: [anEvent(), anEvent({ session: 's' })] });
    expect([answer.status, answer.json]).toEqual([200, { results: [accepted, accepted] }]);
  });

  test('answers 207 when an event was rejected, with what POST /events would have said, in the order of the batch', async () => {
    const answer = await post({
      events: [anEvent(), anEvent({ agent: '', event_name: 'x' }), anEvent({ session: '' }), 7, anEvent()],
    });
    expect(answer.status).toBe(207);
    expect(verdicts(answer)).toEqual([
      'accepted',
      'invalid-request',
      'session-id-empty',
      'invalid-request',
      'accepted',
    ]);
    const [, second, , fourth] = resultsOf(answer);
    expect(pathsOfResult(second).sort()).toEqual(['agent', 'event_name']);
    expect(fourth?.detail?.message).toBe('the event must be a JSON object');
  });

  test('answers 207 when every event was rejected', async () => {
    const answer = await post({ events: [anEvent({ session: '' })] });
    expect([answer.status, ...verdicts(answer)]).toEqual([207, 'session-id-empty']);
  });

  test('an unknown fingerprint rejects its event alone', async () => {
    const answer = await post({ events: [anEvent({ fingerprint_id: UNKNOWN_FINGERPRINT_ID }), anEvent()] });
    expect([answer.status, ...verdicts(answer)]).toEqual([207, 'fingerprint-not-found', 'accepted']);
  });

  test('an event that was not taken is rejected as unavailable', async () => {
    const before = gateway.useCases.events.outcome;
    gateway.useCases.events.outcome = { outcome: 'UNAVAILABLE', retryAfterSeconds: 1, reason: 'the log is away' };
    const answer = await post({ events: [anEvent(), anEvent({ session: '' })] });
    gateway.useCases.events.outcome = before;
    expect([answer.status, ...verdicts(answer)]).toEqual([207, 'unavailable', 'session-id-empty']);
    expect(resultsOf(answer)[0]?.detail?.message).toBe('the log is away');
  });

  test('hands over what each envelope says, and its own text as it was sent', async () => {
    const first = `{ "event_name":"llm", "event_id":"e-1","fingerprint_id":"${FINGERPRINT_ID}",
      "properties":{"n":12345678901234567890,"a":1,"a":2,"nul":"\\u0000","é":"𝄞","__proto__":{"x":1}} }`;
    await post(` {"before":[{}], "\\u0065vents" : [ ${first}\n,\t${event} ] , "after" : "]" } `);
    expect(recordedTexts()).toEqual([first, event]);
    expect(gateway.useCases.events.recorded[0]).toEqual({
      tenant: 'acme',
      text: first,
      bytes: Buffer.from(first),
      properties: expect.objectContaining({ a: 2, nul: '\u0000' }),
      fingerprintId: FINGERPRINT_ID,
      agentName: null,
      agentVersionName: null,
      personId: null,
      session: null,
      idempotencyKey: 'e-1',
    });
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('a trace is handed on with every event, and Idempotency-Key is ignored', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const answer = await post({ events: [anEvent(), anEvent()] }, { traceparent, 'idempotency-key': 'not a key' });
    expect(answer.status).toBe(200);
    expect(gateway.useCases.events.recorded).toMatchObject([
      { traceparent, idempotencyKey: null },
      { traceparent, idempotencyKey: null },
    ]);
  });

  describe('event_id', () => {
    test.each(['k', '~'.repeat(255), '!"#;=', null])('of %j is handed over', async (id) => {
      expect((await post({ events: [anEvent({ event_id: id })] })).status).toBe(200);
      expect(gateway.useCases.events.recorded[0]?.idempotencyKey).toBe(id);
    });

    test.each(['', 'a'.repeat(256), 'a b', 'é', 'a\n', 1, {}])('of %j rejects its event and is named', async (id) => {
      const answer = await post({ events: [anEvent({ event_id: id }), anEvent()] });
      expect(verdicts(answer)).toEqual(['invalid-request', 'accepted']);
      expect(pathsOfResult(resultsOf(answer)[0])).toEqual(['event_id']);
    });
  });

  describe('what is no batch', () => {
    test.each([
      ['a bare list', `[${event}]`],
      ['one event', event],
      ['an empty list', '{"events":[]}'],
      ['an empty list with white space', '{"events":[ \n ]}'],
      ['events that are an object', `{"events":${event}}`],
      ['events that are null', '{"events":null}'],
      ['events in a prototype', `{"__proto__":{"events":[${event}]}}`],
      ['a repeated events of which the last is empty', `{"events":[${event}],"events":[]}`],
      ['null', 'null'],
      ['a string', '"events"'],
    ])('%s is 400 invalid-request', async (_what, body) => {
      const answer = await post(body);
      expect(problemOf(answer)).toBe('400 invalid-request');
      expect(pathsOf(answer)).toEqual(['events']);
    });

    test.each([
      ['nothing', ''],
      ['an open list', `{"events":[${event}`],
      ['a trailing comma', `{"events":[${event},]}`],
      ['an event that is not JSON', `{"events":[${event},{]}`],
      [
        'bytes that are not UTF-8',
        Buffer.concat([Buffer.from(`{"events":[${event},"`), Buffer.from([0xff, 0x22, 0x5d, 0x7d])]),
      ],
    ])('%s is 400 invalid-json', async (_what, body) => {
      expect(problemOf(await post(body))).toBe('400 invalid-json');
    });

    test('of a repeated events the last counts', async () => {
      const other = JSON.stringify(anEvent({ agent: 'other' }));
      expect((await post(`{"events":[${event},${event}],"events":[${other}]}`)).status).toBe(200);
      expect(recordedTexts()).toEqual([other]);
    });
  });

  describe('limits', () => {
    test('1,000 events are taken and 1,001 are 413', async () => {
      const answer = await post(batchOf(...Array.from({ length: EVENTS_MAX }, () => event)));
      expect([answer.status, resultsOf(answer).length]).toEqual([200, EVENTS_MAX]);
      const tooMany = await post(batchOf(...Array.from({ length: EVENTS_MAX + 1 }, () => event)));
      expect([problemOf(tooMany), messageOf(tooMany)]).toEqual([
        '413 payload-too-large',
        'the batch holds more than 1000 events',
      ]);
    });

    const halfBytes = Math.floor((BATCH_BYTES_MAX - batchOf('', '').length) / 2);
    const batchOfBytes = (bytes: number) => {
      const rest = bytes - batchOf('', '').length - halfBytes;
      return batchOf(anEventOfBytes(halfBytes), anEventOfBytes(rest));
    };

    test('16 MiB are taken and one byte more is 413, plain and compressed', async () => {
      const whole = batchOfBytes(BATCH_BYTES_MAX);
      expect([Buffer.byteLength(whole), (await post(whole)).status]).toEqual([BATCH_BYTES_MAX, 200]);
      expect((await post(gzipSync(whole), { 'content-encoding': 'gzip' })).status).toBe(200);
      const over = batchOfBytes(BATCH_BYTES_MAX + 1);
      expect(problemOf(await post(over))).toBe('413 payload-too-large');
      expect(problemOf(await post(gzipSync(over), { 'content-encoding': 'gzip' }))).toBe('413 payload-too-large');
    });

    test.each([
      ['JSON', batchOf, {}],
      ['NDJSON', (...items: string[]) => items.join('\n'), NDJSON],
    ])('in %s an event of 8 MiB is taken, and one of a byte more is rejected alone', async (_what, batch, headers) => {
      const answer = await post(batch(anEventOfBytes(BODY_BYTES_MAX), event), headers);
      expect(verdicts(answer)).toEqual(['accepted', 'accepted']);
      const over = await post(batch(anEventOfBytes(BODY_BYTES_MAX + 1), event), headers);
      expect([over.status, ...verdicts(over)]).toEqual([207, 'payload-too-large', 'accepted']);
    });

    test('the bytes of an event are counted as UTF-8', async () => {
      const wide = JSON.stringify(anEvent({ properties: { output: 'é'.repeat(BODY_BYTES_MAX / 2) } }));
      expect(verdicts(await post(batchOf(wide, event)))).toEqual(['payload-too-large', 'accepted']);
    });

    test('an event may be nested 1,000 levels; one that is nested far more is rejected alone', async () => {
      const nested = (levels: number) =>
        event.replace('"properties":{}', `"properties":${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
      for (const [body, headers] of [
        [batchOf(nested(1_000), nested(1_010), event), {}],
        [[nested(1_000), nested(1_010), event].join('\n'), NDJSON],
      ] as const) {
        expect(verdicts(await post(body, headers))).toEqual(['accepted', 'invalid-request', 'accepted']);
      }
      const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
      expect(verdicts(await post(batchOf(deep, event)))).toEqual(['invalid-request', 'accepted']);
    });

    test('a bomb is stopped at the limit', async () => {
      const bomb = gzipSync(Buffer.alloc(4 * BATCH_BYTES_MAX, 0x20));
      expect(problemOf(await post(bomb, { 'content-encoding': 'gzip' }))).toBe('413 payload-too-large');
    });
  });

  test('what nobody expected is 500', async () => {
    gateway.useCases.events.failure = new Error('password=hunter2');
    const answer = await post({ events: [anEvent()] });
    gateway.useCases.events.failure = undefined;
    expect(problemOf(answer)).toBe('500 internal');
  });
});
