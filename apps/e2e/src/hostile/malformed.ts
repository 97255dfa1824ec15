import fc, { type Arbitrary } from 'fast-check';
import type { WireRequest } from './requests.js';

const REQUEST_LINES = [
  'POST /api/v1/events HTTP/1.1',
  'POST /api/v1/events HTTP/1.0',
  'POST /api/v1/events HTTP/2.0',
  'POST /api/v1/events HTTP/1.1.1',
  'POST  /api/v1/events  HTTP/1.1',
  'POST /api/v1/events',
  'post /api/v1/events HTTP/1.1',
  'GET /health/live HTTP/1.1',
  'GET /he\0alth HTTP/1.1',
  'GET \u00ff\u00fe HTTP/1.1',
  'PRI * HTTP/2.0',
  'CONNECT logbook:443 HTTP/1.1',
  '',
  '\r\n\r\nGET /health/live HTTP/1.1',
];
const HEADER_LINES = [
  'Host: logbook',
  'Host: another',
  'Content-Length: 4',
  'Content-Length: 5',
  'Content-Length: 4, 4',
  'Content-Length: +4',
  'Content-Length: 0x4',
  'Content-Length: -1',
  'Content-Length: 99999999999999999999',
  'Content-Length : 4',
  ' Content-Length: 4',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding: chunked\0',
  'Transfer-Encoding:\r\n chunked',
  'X: a\r\n folded',
  'X: a\rb',
  'X: a\nY: b',
  'X: \0',
  ': nameless',
  'No colon',
  'X: \u00ff',
  'Connection: keep-alive',
  'Connection: close',
  'Expect: 100-continue',
];
const BODIES = [
  '',
  '{}{}',
  '4\r\n{}{}\r\n0\r\n\r\n',
  '4;ext=1\r\n{}{}\r\n0\r\nTrailer: 1\r\n\r\n',
  '4\n{}{}\n0\n\n',
  'ffffffffffffffff\r\n{}',
  '-1\r\n{}\r\n',
  '0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: smuggled\r\n\r\n',
  'GET /health/live HTTP/1.1\r\nHost: smuggled\r\n\r\n',
];
const LINE_ENDS = ['\r\n', '\n', '\r', '\n\r'];

/** What claims to be HTTP/1.1 and is not, or is in a way that two readers could read differently. */
export function malformedRequests(apiKey: string): Arbitrary<WireRequest> {
  const shaped = fc
    .record({
      requestLine: fc.constantFrom(...REQUEST_LINES),
      headers: fc.subarray([...HEADER_LINES, `Authorization: Bearer ${apiKey}`], { maxLength: 6 }),
      lineEnd: fc.oneof(
        { weight: 6, arbitrary: fc.constant('\r\n') },
        { weight: 1, arbitrary: fc.constantFrom(...LINE_ENDS) },
      ),
      body: fc.constantFrom(...BODIES),
    })
    .map(({ requestLine, headers, lineEnd, body }) =>
      Buffer.from([requestLine, ...headers, '', body].join(lineEnd), 'latin1'),
    );
  const noise = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  const cut = fc.tuple(shaped, fc.nat()).map(([bytes, at]) => bytes.subarray(0, 1 + (at % bytes.length)));
  return fc
    .oneof({ weight: 8, arbitrary: shaped }, { weight: 1, arbitrary: noise }, { weight: 1, arbitrary: cut })
    .map((bytes) => ({ method: '', bytes, ends: true }));
}
