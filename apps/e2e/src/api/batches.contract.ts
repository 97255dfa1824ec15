import { gzipSync } from 'node:zlib';
import type { Answer } from '../harness/api.js';
import { countEvents, loggedEvents, projectedEvents } from '../harness/projections.js';
import type { System } from '../harness/system.js';
import {
  agentPath,
  eventBody,
  expectProblem,
  personPath,
  record,
  unique,
  versionPath,
  visible,
  type AgentVersion,
} from './requests.js';

const BATCH_BYTES_MAX = 16 * 1024 * 1024;
const EVENT_BYTES_MAX = 8 * 1024 * 1024;
const UNKNOWN_FINGERPRINT = '970e9e3c-0b4a-5449-bd7d-ebbfb999dc25';
const NDJSON = { 'content-type': 'application/x-ndjson' };
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[57][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** POST /events/batch: what becomes of each event, what refuses the whole, and the bytes that reach the log. */
export function describeBatches(system: () => System): void {
  const text = async (fields: object = {}): Promise<string> => JSON.stringify(await eventBody(system().api, fields));
  const batchOf = (...items: string[]): string => `{"events":[${items.join(',')}]}`;
  const post = (body: string | Buffer | object, headers: Record<string, string | null> = {}): Promise<Answer> =>
    system().api.post('/events/batch', body, headers);

  it('every accepted event has a result in its place, creates what it names, and is in its session in order', async () => {
    const { api } = system();
    const [agent, person, session] = [unique('agent'), unique('person'), unique('session')];
    const items = await Promise.all(
      Array.from({ length: 30 }, (_, n) => text({ agent, agent_version: `v${n % 2}`, person, session, n })),
    );
    const answer = await post(batchOf(...items));
    expect(answer.status).toBe(200);
    const ids = acceptedIds(answer);
    expect(new Set(ids).size).toBe(30);
    const rows = await projectedEvents(system(), ids);
    expect(rows.map((row) => row.log_offset)).toEqual([...rows.map((row) => row.log_offset)].sort((a, b) => a - b));
    for (const row of rows) expect(row).toMatchObject({ session, agent_name: agent, person_id: person, model: MODEL });
    expect((await loggedEvents(system(), ids)).map(({ value }) => value?.toString())).toEqual(items);
    expect(await visible<AgentVersion>(api, versionPath(agent, 'v0'))).toMatchObject({ agent_version_number: 1 });
    expect(await visible<AgentVersion>(api, versionPath(agent, 'v1'))).toMatchObject({ agent_version_number: 2 });
    await visible(api, personPath(person));
  });

  it('a refused event is told why in its place, creates nothing, and leaves the others as they are', async () => {
    const { api } = system();
    const agent = unique('agent');
    const answer = await post(
      batchOf(
        await text(),
        await text({ agent, fingerprint_id: UNKNOWN_FINGERPRINT }),
        await text({ agent, session: '' }),
        await text({ agent, event_name: 'page', person: '' }),
        await text({ agent, event_id: 'a b' }),
        'null',
        await text(),
      ),
    );
    expect([answer.status, ...verdicts(answer)]).toEqual([
      207,
      'accepted',
      'fingerprint-not-found',
      'session-id-empty',
      'invalid-request',
      'invalid-request',
      'invalid-request',
      'accepted',
    ]);
    const { results } = answer.json<{ results: { detail?: { errors?: { path: string }[] } }[] }>();
    expect(results[3]?.detail?.errors?.map(({ path }) => path).sort()).toEqual(['event_name', 'person']);
    expect(results[4]?.detail?.errors?.map(({ path }) => path)).toEqual(['event_id']);
    await projectedEvents(system(), acceptedIds(answer));
    expectProblem(await api.get(agentPath(agent)), 404, 'agent-not-found');
  });

  it('a batch of which every event is rejected is 207', async () => {
    const answer = await post({ events: [{}, 1] });
    expect([answer.status, ...verdicts(answer)]).toEqual([207, 'invalid-request', 'invalid-request']);
  });

  it('event_id and Idempotency-Key are one key space: the same key in the same session is one event', async () => {
    const { api } = system();
    const [session, key] = [unique('session'), unique('key')];
    const id = await record(api, { session, properties: { first: true } }, { 'idempotency-key': key });
    const repeated = await text({ session, event_id: key, properties: { first: false } });
    const elsewhere = await text({ session: unique('session'), event_id: key });
    const ids = acceptedIds(await post(batchOf(repeated, repeated, elsewhere)));
    expect([ids[0], ids[1], ids[2] === id]).toEqual([id, id, false]);
    expect(acceptedIds(await post(batchOf(elsewhere)))[0]).toBe(ids[2]);
    await projectedEvents(system(), [id, await record(api, { session })]);
    expect(await countEvents(system(), session)).toBe(2);
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.toString()).toContain('"first":true');
  });

  it('the same event_id twice in one batch is one event, the first, with one id', async () => {
    const [session, key] = [unique('session'), unique('key')];
    const first = await text({ session, event_id: key, properties: { first: true } });
    const second = await text({ session, event_id: key, properties: { first: false } });
    const [id, same, end] = acceptedIds(await post(batchOf(first, second, await text({ session }))));
    expect(same).toBe(id);
    await projectedEvents(system(), [id as string, end as string]);
    expect(await countEvents(system(), session)).toBe(2);
    expect((await loggedEvents(system(), [id as string]))[0]?.value?.toString()).toBe(first);
  });

  it('an event_id whose event was rejected is still free', async () => {
    const [session, key] = [unique('session'), unique('key')];
    const refused = await text({ session, event_id: key, fingerprint_id: UNKNOWN_FINGERPRINT });
    const answer = await post(batchOf(refused, await text({ session, event_id: key })));
    expect(verdicts(answer)).toEqual(['fingerprint-not-found', 'accepted']);
  });

  it('NDJSON is an event a line; CRLF and blank lines are allowed, and a line that is not JSON is rejected alone', async () => {
    const [one, two] = [await text({ event_id: unique('key') }), await text()];
    const body = `\ufeff${one}\r\n\r\n{"event_name":\r\n \n${two}`;
    for (const [bytes, headers] of [
      [body, NDJSON],
      [gzipSync(body), { ...NDJSON, 'content-encoding': 'gzip' }],
    ] as const) {
      const answer = await post(bytes, headers);
      expect([answer.status, ...verdicts(answer)]).toEqual([207, 'accepted', 'invalid-json', 'accepted']);
      const messages = await loggedEvents(system(), acceptedIds(answer));
      expect(messages.map(({ value }) => value?.toString())).toEqual([one, two]);
    }
  });

  it('credentials are replaced in every event, and every other byte stays as it was sent', async () => {
    const properties = (value: string): string =>
      `{ "n" : 12345678901234567890,"a":1,"a":2,"inputs":{"extra_headers":{"Authorization":${value}}}}`;
    const sent = async (value: string): Promise<string> =>
      (await text({ properties: 0 })).replace('"properties":0', `"properties":${properties(value)}`);
    const ids = acceptedIds(await post(batchOf(await sent('"Bearer s3cr3t"'), await sent('["s3cr3t"]'))));
    const kept = await sent('"[redacted]"');
    expect((await loggedEvents(system(), ids)).map(({ value }) => value?.toString())).toEqual([kept, kept]);
  });

  it('1,000 events are taken together, and 1,001 are 413', async () => {
    const session = unique('session');
    const item = await text({ session });
    const ids = acceptedIds(await post(batchOf(...Array.from({ length: 1_000 }, () => item))));
    expect(new Set(ids).size).toBe(1_000);
    expect(await projectedEvents(system(), ids)).toHaveLength(1_000);
    expectProblem(await post(batchOf(...Array.from({ length: 1_001 }, () => item))), 413, 'payload-too-large');
    expectProblem(await post(`${item}\n`.repeat(1_001), NDJSON), 413, 'payload-too-large');
  });

  it('a body of 16 MiB is taken and one byte more is 413; an event over 8 MiB is rejected alone', async () => {
    const ofBytes = async (bytes: number): Promise<string> => {
      const empty = await text({ properties: { image: '' } });
      return empty.replace('"image":""', `"image":"${'A'.repeat(bytes - empty.length)}"`);
    };
    const frame = batchOf('', '').length;
    const half = BATCH_BYTES_MAX / 2 - frame;
    const whole = batchOf(await ofBytes(half), await ofBytes(BATCH_BYTES_MAX - frame - half));
    expect(whole.length).toBe(BATCH_BYTES_MAX);
    expect((await post(whole)).status).toBe(200);
    expectProblem(await post(`${whole} `), 413, 'payload-too-large');
    const over = await post(batchOf(await ofBytes(EVENT_BYTES_MAX), await text(), await ofBytes(EVENT_BYTES_MAX + 1)));
    expectProblem(over, 413, 'payload-too-large');
    const answer = await post(gzipSync(batchOf(await ofBytes(EVENT_BYTES_MAX + 1), await text())), {
      'content-encoding': 'gzip',
    });
    expect([answer.status, ...verdicts(answer)]).toEqual([207, 'payload-too-large', 'accepted']);
  });

  it.each([
    ['an empty batch', '{"events":[]}', 'invalid-request'],
    ['a bare list', '[{}]', 'invalid-request'],
    ['no list', '{"events":{}}', 'invalid-request'],
    ['nothing', '', 'invalid-json'],
    ['a body that is cut short', '{"events":[{}', 'invalid-json'],
    ['an event that is not JSON', '{"events":[{},{]}', 'invalid-json'],
  ])('%s is 400', async (_what, body, slug) => {
    expectProblem(await post(body), 400, slug);
  });

  it('a key is needed, other methods are 405, and other content types 415', async () => {
    const { api } = system();
    const path = '/api/v1/events/batch';
    expectProblem(await api.send({ method: 'POST', path, body: 'x', key: null }), 401, 'unauthorized');
    const put = await api.send({ method: 'PUT', path, body: '{}' });
    expectProblem(put, 405, 'method-not-allowed');
    expect(put.headers.allow).toBe('POST');
    expectProblem(await post('{}', { 'content-type': 'application/ndjson' }), 415, 'unsupported-media-type');
  });
}

const MODEL = 'gpt-4o-mini-2024-07-18';

interface Result {
  readonly status: 'accepted' | 'rejected';
  readonly id?: string;
  readonly type?: string;
  readonly detail?: { readonly type: string; readonly message: string };
}

const resultsOf = (answer: Answer): readonly Result[] => {
  expect([answer.status, answer.text]).toEqual([expect.any(Number), expect.stringMatching(/^\{"results":\[/)]);
  return answer.json<{ results: Result[] }>().results;
};

/** The ids of the events that were accepted, in order. */
const acceptedIds = (answer: Answer): string[] =>
  resultsOf(answer).flatMap((result) => {
    if (result.status === 'rejected') return [];
    expect(result).toEqual({ status: 'accepted', id: expect.stringMatching(ID) });
    return [result.id as string];
  });

/** Per event `accepted`, or its slug, which must stand twice. */
const verdicts = (answer: Answer): string[] =>
  resultsOf(answer).map((result) => {
    if (result.status === 'accepted') return 'accepted';
    const { type = '' } = result;
    expect(result.detail).toMatchObject({ type, message: expect.stringMatching(/./) });
    return type;
  });
