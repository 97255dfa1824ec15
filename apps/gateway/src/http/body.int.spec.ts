import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { anEvent, anEventOfBytes } from './testing/builders.js';
import { messageOf, problemOf, send } from './testing/exchange.js';
import { BODY_BYTES_MAX, RunningGateway } from './testing/running-gateway.js';

describe('bodies', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    send(gateway, 'POST', '/api/v1/events', { body, headers });
  const recorded = () => gateway.useCases.events.recorded.at(-1);
  const event = JSON.stringify(anEvent());

  describe('content types', () => {
    test.each([
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
      'application/json; charset=utf8; profile=x',
      'application/json;',
      'application/vnd.logbook.event+json',
      'application/problem+JSON; version=1',
    ])('%s is taken', async (type) => {
      expect((await post(event, { 'content-type': type })).status).toBe(200);
    });

    test('no content type is taken for JSON', async () => {
      expect((await post(event)).status).toBe(200);
    });

    test.each([
      'text/plain',
      'text/json',
      'application/jsonp',
      'application/+json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/x-ndjson',
      'application/json; charset=iso-8859-1',
      'application/json, application/json',
      'json',
    ])('%s is 415', async (type) => {
      expect(problemOf(await post(event, { 'content-type': type }))).toBe('415 unsupported-media-type');
    });

    test('a GET may carry any content type, and a body, which is not looked at', async () => {
      const headers = { 'content-type': 'text/xml', 'content-encoding': 'zstd' };
      expect((await send(gateway, 'GET', '/health/live', { headers })).status).toBe(200);
      expect((await send(gateway, 'GET', '/health/live', { headers, body: '<x/>' })).status).toBe(200);
    });
  });

  describe('content encodings', () => {
    const compressed: Record<string, (text: string) => Buffer> = {
      gzip: (text) => gzipSync(text),
      GZip: (text) => gzipSync(text),
      deflate: (text) => deflateSync(text),
      br: (text) => brotliCompressSync(text),
      identity: (text) => Buffer.from(text),
      Identity: (text) => Buffer.from(text),
    };

    test.each(Object.keys(compressed))('%s is taken, and the text is what was compressed', async (encoding) => {
      const text = JSON.stringify(anEvent({ properties: { output: encoding.repeat(50_000) } }));
      expect((await post(compressed[encoding]!(text), { 'content-encoding': encoding })).status).toBe(200);
      expect(recorded()?.text).toBe(text);
    });

    test('deflate may be raw, as some senders understand it', async () => {
      expect((await post(deflateRawSync(event), { 'content-encoding': 'deflate' })).status).toBe(200);
      expect(recorded()?.text).toBe(event);
    });

    test('a gzip of two members is their texts one after the other', async () => {
      const members = Buffer.concat([gzipSync(event.slice(0, 9)), gzipSync(event.slice(9))]);
      expect((await post(members, { 'content-encoding': 'gzip' })).status).toBe(200);
    });

    test.each(['zstd', 'compress', 'x-gzip', 'gzip, gzip', 'gzip, identity', 'utf-8'])(
      '%s is 415',
      async (encoding) => {
        const answer = await post(gzipSync(event), { 'content-encoding': encoding });
        expect(problemOf(answer)).toBe('415 unsupported-media-type');
        expect(answer.headers['accept-encoding']).toBe('gzip, deflate, br, identity');
      },
    );

    test.each(['gzip', 'deflate', 'br'])(
      '%s that is cut short, something else, or followed by more is 400',
      async (encoding) => {
        const whole = compressed[encoding]!(event);
        const wrong = [whole.subarray(0, whole.length - 3), whole.subarray(0, 5), Buffer.from(event)];
        for (const body of [...wrong, Buffer.concat([whole, Buffer.from('and more')])]) {
          const answer = await post(body, { 'content-encoding': encoding });
          expect(problemOf(answer)).toBe('400 invalid-request');
          expect(messageOf(answer)).toContain(encoding);
        }
      },
    );
  });

  describe('sizes', () => {
    test('8 MiB is taken and one byte more is 413', async () => {
      expect((await post(anEventOfBytes(BODY_BYTES_MAX))).status).toBe(200);
      expect(recorded()?.text).toHaveLength(BODY_BYTES_MAX);
      expect(problemOf(await post(anEventOfBytes(BODY_BYTES_MAX + 1)))).toBe('413 payload-too-large');
    });

    test('the limit is the same for a body of unannounced length', async () => {
      const chunked = { 'transfer-encoding': 'chunked' };
      expect((await post(anEventOfBytes(BODY_BYTES_MAX), chunked)).status).toBe(200);
      expect(problemOf(await post(anEventOfBytes(BODY_BYTES_MAX + 1), chunked))).toBe('413 payload-too-large');
    });

    test.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const)('%s is measured decompressed: 8 MiB is taken and one byte more is 413', async (encoding, compress) => {
      const headers = { 'content-encoding': encoding };
      expect((await post(compress(anEventOfBytes(BODY_BYTES_MAX)), headers)).status).toBe(200);
      expect(problemOf(await post(compress(anEventOfBytes(BODY_BYTES_MAX + 1)), headers))).toBe(
        '413 payload-too-large',
      );
    });

    test('compressed bytes count too: a limit cannot be passed by compressing badly', async () => {
      const padded = gzipSync(anEventOfBytes(BODY_BYTES_MAX), { level: 0 });
      expect(padded.length).toBeGreaterThan(BODY_BYTES_MAX);
      expect(problemOf(await post(padded, { 'content-encoding': 'gzip' }))).toBe('413 payload-too-large');
    });
  });

  describe('JSON', () => {
    test.each([
      ['nothing', ''],
      ['white space', ' \n'],
      ['an open object', '{"event_name":"llm"'],
      ['two values', '{}{}'],
      ['a word', 'llm'],
      ['a trailing comma', '{"a":1,}'],
      ['NaN', '{"a":NaN}'],
      ['an unquoted key', '{a:1}'],
      ['a control character in a string', '{"a":"\n"}'],
      ['two byte order marks', '\ufeff\ufeff{}'],
      ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
      ['a surrogate as UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
      ['UTF-16', Buffer.from('{}', 'utf16le')],
    ])('%s is 400 invalid-json', async (_what, body) => {
      expect(problemOf(await post(body))).toBe('400 invalid-json');
    });

    test('a request without any body is 400 invalid-json', async () => {
      expect(problemOf(await post(undefined))).toBe('400 invalid-json');
      expect(problemOf(await post(undefined, { 'content-encoding': 'gzip' }))).toBe('400 invalid-json');
    });

    test('the message says where, and does not quote the content', async () => {
      const message = messageOf(await post('{\n  "secret": "s3cr3t",\n  "more" 1}'));
      expect(message).toBe('the body is not JSON: unexpected character at line 3, column 10');
    });

    test('a leading byte order mark is skipped and is no part of the text', async () => {
      expect((await post(`\ufeff${event}`)).status).toBe(200);
      expect(recorded()?.text).toBe(event);
    });

    test.each([
      ['a list', '[]'],
      ['a list of events', `[${event}]`],
      ['a string', '"llm"'],
      ['a number', '1'],
      ['null', 'null'],
    ])('%s is 400 invalid-request', async (_what, body) => {
      expect(problemOf(await post(body))).toBe('400 invalid-request');
    });

    test('properties may be nested 1,000 levels; far more is 400 and harmless', async () => {
      const nested = (levels: number) =>
        event.replace('"properties":{}', `"properties":${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`);
      expect((await post(nested(1_000))).status).toBe(200);
      expect(problemOf(await post(nested(1_010)))).toBe('400 invalid-request');
      expect(problemOf(await post(`${'['.repeat(500_000)}${']'.repeat(500_000)}`))).toBe('400 invalid-request');
      expect(problemOf(await post('['.repeat(1_000_000)))).toBe('400 invalid-json');
    });

    test('the text reaches the use case as it was sent', async () => {
      const text = `{ "event_name":"llm","fingerprint_id":"${anEvent().fingerprint_id as string}",
        "properties":{"n":12345678901234567890,"a":1,"a":2,"nul":"\\u0000","lone":"\\ud800","__proto__":{"x":1},"é":"𝄞"} }`;
      expect((await post(text)).status).toBe(200);
      expect(recorded()?.text).toBe(text);
      expect(({} as Record<string, unknown>).x).toBeUndefined();
    });
  });
});
