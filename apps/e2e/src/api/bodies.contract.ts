import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { loggedEvents } from '../harness/projections.js';
import type { System } from '../harness/system.js';
import { eventBody, expectProblem, recordedId, unique } from './requests.js';

const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Bodies: sizes, encodings, types, and the bytes that reach the log. */
export function describeBodies(system: () => System): void {
  /** An event's JSON of exactly `bytes` bytes. */
  const eventOfBytes = async (bytes: number): Promise<string> => {
    const empty = JSON.stringify(await eventBody(system().api, { properties: { image: '' } }));
    return empty.replace('"image":""', `"image":"${'A'.repeat(bytes - empty.length)}"`);
  };
  const post = (body: string | Buffer, headers: Record<string, string | null> = {}) =>
    system().api.post('/events', body, headers);

  it('a body of 8 MiB is taken and lies in the log as it was sent', async () => {
    const body = await eventOfBytes(BODY_BYTES_MAX);
    const id = recordedId(await post(body));
    const [message] = await loggedEvents(system(), [id]);
    expect(message?.value?.equals(Buffer.from(body))).toBe(true);
  });

  it('a body of one byte more is refused, plain, chunked or compressed', async () => {
    const body = await eventOfBytes(BODY_BYTES_MAX + 1);
    expectProblem(await post(body), 413, 'payload-too-large');
    expectProblem(
      await post(body, { 'content-length': null, 'transfer-encoding': 'chunked' }),
      413,
      'payload-too-large',
    );
    expectProblem(await post(gzipSync(body), { 'content-encoding': 'gzip' }), 413, 'payload-too-large');
  });

  it('a compressed body of 8 MiB is taken', async () => {
    recordedId(await post(gzipSync(await eventOfBytes(BODY_BYTES_MAX)), { 'content-encoding': 'gzip' }));
  });

  it('a bomb is refused at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * BODY_BYTES_MAX, 0x20));
    expectProblem(await post(bomb, { 'content-encoding': 'gzip' }), 413, 'payload-too-large');
    expectProblem(
      await post(brotliCompressSync(Buffer.alloc(2 * BODY_BYTES_MAX, 0x20)), { 'content-encoding': 'br' }),
      413,
      'payload-too-large',
    );
  });

  it.each([
    ['gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (bytes: Buffer) => bytes],
  ] as const)('%s (%#) is a content encoding of every body', async (encoding, compress) => {
    const { api } = system();
    const headers = { 'content-encoding': encoding };
    recordedId(await post(compress(Buffer.from(JSON.stringify(await eventBody(api)))), headers));
    const person = Buffer.from(JSON.stringify({ person_id: unique('person') }));
    const answer = await api.send({ method: 'PUT', path: '/api/v1/people', headers, body: compress(person) });
    expect(answer.status).toBe(200);
  });

  it('any other content encoding is 415, a truncated or mislabelled one 400', async () => {
    const body = Buffer.from(JSON.stringify(await eventBody(system().api)));
    for (const encoding of ['zstd', 'compress', 'gzip, br', 'x']) {
      expectProblem(await post(body, { 'content-encoding': encoding }), 415, 'unsupported-media-type');
    }
    expectProblem(await post(body, { 'content-encoding': 'gzip' }), 400, 'invalid-request');
    expectProblem(await post(gzipSync(body).subarray(0, -9), { 'content-encoding': 'gzip' }), 400, 'invalid-request');
    expectProblem(
      await post(brotliCompressSync(body).subarray(0, -3), { 'content-encoding': 'br' }),
      400,
      'invalid-request',
    );
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/cloudevents+json',
    'APPLICATION/JSON',
    null,
  ])('the content type %s is taken', async (type) => {
    recordedId(await post(JSON.stringify(await eventBody(system().api)), { 'content-type': type }));
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/x-ndjson', 'multipart/form-data', 'json'])(
    'the content type %s is refused',
    async (type) => {
      const body = JSON.stringify(await eventBody(system().api));
      expectProblem(await post(body, { 'content-type': type }), 415, 'unsupported-media-type');
    },
  );

  it.each([
    ['empty', ''],
    ['cut short', '{"event_name":'],
    ['no JSON', 'event'],
    ['followed by something', '{} {}'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ])('a body that is %s is invalid-json', async (_what, body) => {
    expectProblem(await post(body), 400, 'invalid-json');
    expectProblem(await system().api.put('/agents', body), 400, 'invalid-json');
  });

  it.each(['[]', 'null', '"text"', '1', '[{}]'])('the body %s is no object, so invalid-request', async (body) => {
    expectProblem(await post(body), 400, 'invalid-request');
  });

  it('what is wrong with fields is listed by path', async () => {
    const answer = await post('{"event_name":"x","properties":[],"agent":1}');
    expectProblem(answer, 400, 'invalid-request');
    const { detail } = answer.json<{ detail: { errors: { path: string; message: string }[] } }>();
    expect(detail.errors.map(({ path }) => path).sort()).toEqual([
      'agent',
      'event_name',
      'fingerprint_id',
      'properties',
    ]);
    for (const { message } of detail.errors) expect(message).toMatch(/./);
  });

  it('a leading BOM is skipped', async () => {
    recordedId(await post(`\ufeff${JSON.stringify(await eventBody(system().api))}`));
  });

  it('1,000 levels of nesting are taken', async () => {
    const body = JSON.stringify(await eventBody(system().api, { properties: { deep: 0 } }));
    recordedId(await post(body.replace('"deep":0', `"deep":${'['.repeat(998)}${']'.repeat(998)}`)));
  });

  it.each([
    ['an empty object', '{}'],
    ['an unknown api', '{"api":"another-api","output":"text"}'],
    ['an output that is text', '{"api":"openai-responses","output":"text"}'],
    ['an output that is a list', '{"api":"openai-responses","output":[1,"a",null]}'],
    ['parts of the wrong kind', '{"api":7,"inputs":"x","output":{"model":1,"usage":[]}}'],
    [
      'counts that are no counts',
      '{"api":"openai-responses","output":{"usage":{"input_tokens":-1,"output_tokens":1e300}}}',
    ],
    ['NUL and lone-surrogate escapes', '{"api":"a\\u0000b","output":{"text":"\\ud800"}}'],
    ['duplicate keys and big integers', '{"a":1,"a":12345678901234567890,"__proto__":{"b":1}}'],
    ['an inline image of 2 MiB', `{"api":"openai-responses","inputs":{"image":"${'QUJD'.repeat(512 * 1024)}"}}`],
  ])(
    'an event may carry %s: it is projected, and in the log as the bytes that were sent',
    async (_what, properties) => {
      const body = JSON.stringify(await eventBody(system().api, { properties: {} })).replace(
        '"properties":{}',
        `"properties" : ${properties}`,
      );
      const id = recordedId(await post(body));
      const [message] = await loggedEvents(system(), [id]);
      expect(message?.value?.toString() === body).toBe(true);
    },
  );
}
