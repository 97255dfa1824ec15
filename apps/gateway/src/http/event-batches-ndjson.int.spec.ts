import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { resultsOf, verdicts } from './testing/batch-results.js';
import { anEvent } from './testing/builders.js';
import { problemOf, send } from './testing/exchange.js';
import { FINGERPRINT_ID } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

const BATCH_BYTES_MAX = 16 * 1024 * 1024;
const EVENTS_MAX = 1_000;
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('POST /events/batch as NDJSON', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());
  beforeEach(() => gateway.useCases.events.recorded.splice(0));

  const post = (body: unknown, headers: Record<string, string>) =>
    send(gateway, 'POST', '/api/v1/events/batch', { body, headers });
  const recordedTexts = () => gateway.useCases.events.recorded.map(({ text }) => text);
  const event = JSON.stringify(anEvent());
  const lines = (...items: string[]) => items.join('\n');

  test.each(['application/x-ndjson', 'Application/X-NDJSON; charset=utf-8'])(
    'is taken as %s: an event a line, as it was sent',
    async (type) => {
      const spaced = `{ "event_name" : "llm","fingerprint_id":"${FINGERPRINT_ID}","properties":{"a":1.0,"a":"\\u00e9"}}`;
      const answer = await post(lines(event, spaced, event), { 'content-type': type });
      expect([answer.status, ...verdicts(answer)]).toEqual([200, 'accepted', 'accepted', 'accepted']);
      expect(recordedTexts()).toEqual([event, spaced, event]);
    },
  );

  test('lines may end in CRLF, lines may be blank, and the last need not end', async () => {
    for (const body of [`${event}\r\n${event}\r\n`, `\r\n\n${event}\n \t\r\n\n${event}`, `${event}\n${event}\n\n`]) {
      expect((await post(body, NDJSON)).status).toBe(200);
      expect(recordedTexts()).toEqual([event, event]);
      gateway.useCases.events.recorded.splice(0);
    }
  });

  test('a line that is not JSON is rejected as invalid-json, with where it breaks and not what it says', async () => {
    const answer = await post(lines('{"s3cr3t" 1}', event, '{', `${event}${event}`, `[${event}]`), NDJSON);
    expect(answer.status).toBe(207);
    expect(verdicts(answer)).toEqual(['invalid-json', 'accepted', 'invalid-json', 'invalid-json', 'invalid-request']);
    expect(answer.text).not.toContain('s3cr3t');
    expect(resultsOf(answer)[0]?.detail?.message).toBe(
      'the event is not JSON: unexpected character at line 1, column 11',
    );
  });

  test('an event printed over several lines is no line of NDJSON', async () => {
    expect(new Set(verdicts(await post(JSON.stringify(anEvent(), null, 1), NDJSON)))).toEqual(
      new Set(['invalid-json']),
    );
  });

  test.each([
    ['nothing', ''],
    ['blank lines alone', ' \r\n\n\t\n'],
    ['many blank lines', '\n'.repeat(BATCH_BYTES_MAX)],
  ])('%s is 400 invalid-request', async (_what, body) => {
    expect(problemOf(await post(body, NDJSON))).toBe('400 invalid-request');
  });

  test('1,000 lines are taken and 1,001 are 413, blank ones apart', async () => {
    expect((await post(`${event}\n\n`.repeat(EVENTS_MAX), NDJSON)).status).toBe(200);
    expect(problemOf(await post(`${event}\n`.repeat(EVENTS_MAX + 1), NDJSON))).toBe('413 payload-too-large');
  });

  test('a leading byte order mark is skipped and is no part of the first event', async () => {
    expect((await post(`\ufeff${event}\n`, NDJSON)).status).toBe(200);
    expect(recordedTexts()).toEqual([event]);
  });

  test('bytes that are not UTF-8 refuse the whole body', async () => {
    const body = Buffer.concat([Buffer.from(`${event}\n"`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"\n')]);
    expect(problemOf(await post(body, NDJSON))).toBe('400 invalid-json');
    expect(recordedTexts()).toEqual([]);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('may come as %s; cut short it is 400', async (encoding, compress) => {
    const compressed = compress(lines(event, event));
    const headers = { ...NDJSON, 'content-encoding': encoding };
    expect((await post(compressed, headers)).status).toBe(200);
    expect(problemOf(await post(compressed.subarray(0, -2), headers))).toBe('400 invalid-request');
  });

  test('is no body of any other path', async () => {
    const answer = await send(gateway, 'POST', '/api/v1/events', { body: event, headers: NDJSON });
    expect(problemOf(answer)).toBe('415 unsupported-media-type');
  });
});
