import { problemOf, send, slugOf, Wire } from './testing/exchange.js';
import { VALID_KEY } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

const SMUGGLED_KEY = 'smuggled-key';
const SMUGGLED = `GET /api/v1/agents/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${SMUGGLED_KEY}\r\n\r\n`;
const request = (headers: string, body: string) =>
  `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${VALID_KEY}\r\n${headers}\r\n\r\n${body}`;
const chunked = `0\r\n\r\n${SMUGGLED}`;

/**
 * A proxy that reads a request's length otherwise than we do would take the end of one client's body for the next
 * client's request. So a length that can be read in two ways is refused, and its connection ends.
 */
describe('a request whose length can be read in two ways', () => {
  let gateway: RunningGateway;
  let wire: Wire;
  beforeAll(async () => {
    gateway = await RunningGateway.start();
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    wire = await Wire.open(gateway);
  });
  afterEach(() => wire.close());

  test.each([
    ['two lengths', 'Content-Length: 0\r\nContent-Length: 4', SMUGGLED],
    ['the same length twice', 'Content-Length: 4\r\nContent-Length: 4', `{}{}${SMUGGLED}`],
    ['a list of lengths', 'Content-Length: 4, 4', `{}{}${SMUGGLED}`],
    ['a signed length', 'Content-Length: +4', `{}{}${SMUGGLED}`],
    ['a negative length', 'Content-Length: -4', `{}{}${SMUGGLED}`],
    ['a hexadecimal length', 'Content-Length: 0x4', `{}{}${SMUGGLED}`],
    ['a length past 64 bits', 'Content-Length: 18446744073709551616', SMUGGLED],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked', chunked],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 4', chunked],
    ['chunks that are not the last coding', 'Transfer-Encoding: chunked, identity', chunked],
    ['a coding that is not chunks', 'Transfer-Encoding: xchunked', chunked],
    ['a length with a space before its colon', 'Content-Length : 4', `{}{}${SMUGGLED}`],
    ['chunks with a space before their colon', 'Transfer-Encoding : chunked', chunked],
    ['chunks with a NUL', 'Transfer-Encoding: chunked\0', chunked],
    ['a header that begins with a space', 'X: a\r\n Transfer-Encoding: chunked', chunked],
    ['a bare line feed between headers', 'X: a\nTransfer-Encoding: chunked', chunked],
    ['a bare carriage return in a header', 'X: a\rTransfer-Encoding: chunked', chunked],
    ['a chunk of negative size', 'Transfer-Encoding: chunked', `-1\r\n{}\r\n${chunked}`],
    ['a chunk longer than it says', 'Transfer-Encoding: chunked', `1\r\n{}{}\r\n${chunked}`],
    ['a chunk size past 64 bits', 'Transfer-Encoding: chunked', `10000000000000000\r\n{}\r\n${chunked}`],
    ['chunk sizes ended by a bare line feed', 'Transfer-Encoding: chunked', `4\n{}{}\n0\n\n${SMUGGLED}`],
  ])('%s is 400, and what stands behind it is no request', async (_what, headers, body) => {
    wire.write(Buffer.from(request(headers, body), 'latin1'));
    const received = await wire.untilClosed();
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(slugOf(JSON.parse(received.slice(received.indexOf('\r\n\r\n'))))).toBe('invalid-request');
    expect(gateway.keyRing.asked).not.toContain(SMUGGLED_KEY);
  });

  test('a body that looks like a request is a body', async () => {
    const answer = await send(gateway, 'POST', '/api/v1/events', { body: SMUGGLED });
    expect(problemOf(answer)).toBe('400 invalid-json');
    expect(gateway.keyRing.asked).not.toContain(SMUGGLED_KEY);
  });

  test('a request behind the end of the one before is one: the detector sees it', async () => {
    wire.write(request('Content-Length: 2', `{}${SMUGGLED}`));
    await wire.until('unauthorized');
    expect(gateway.keyRing.asked).toContain(SMUGGLED_KEY);
  });
});
