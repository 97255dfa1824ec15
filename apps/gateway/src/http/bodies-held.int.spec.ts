import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { eventually } from '@logbook/testing';
import { anEvent } from './testing/builders.js';
import { type Answer, problemOf, send } from './testing/exchange.js';
import { VALID_KEY } from './testing/in-memory-use-cases.js';
import { RunningGateway } from './testing/running-gateway.js';

const HELD_MAX = 64 * 1024;
const event = JSON.stringify(anEvent());

describe('all bodies together', () => {
  let gateway: RunningGateway;
  const begun: Socket[] = [];
  beforeAll(async () => {
    gateway = await RunningGateway.start({ bodiesHeldBytesMax: HELD_MAX });
  });
  afterEach(() => begun.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => gateway.close());

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    send(gateway, 'POST', '/api/v1/events', { body, headers });
  /** Begins a request and leaves it there. */
  async function begin(framing: string, body: string): Promise<Socket> {
    const socket = connect(gateway.port, '127.0.0.1');
    begun.push(socket);
    await once(socket, 'connect');
    const head = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${VALID_KEY}\r\n`;
    socket.write(`${head}${framing}\r\n\r\n${body}`);
    return socket;
  }
  const untilStatus = (status: number): Promise<unknown> =>
    eventually(async () => (await post(event)).status === status, { what: `events to be answered ${status}` });

  it.each([
    ['with a length', `Content-Length: ${HELD_MAX}`, '{'],
    ['in chunks', 'Transfer-Encoding: chunked', `${HELD_MAX.toString(16)}\r\n${' '.repeat(HELD_MAX)}\r\n`],
  ])('that slow clients send %s leave no room: 503 with Retry-After, until they are gone', async (_, framing, body) => {
    const slow = await begin(framing, body);
    await untilStatus(503);
    const refused = await post(event);
    expect(problemOf(refused)).toBe('503 unavailable');
    expect(refused.headers['retry-after']).toBe('1');
    slow.destroy();
    await untilStatus(200);
  });

  it('count with what they decompress to', async () => {
    const large = JSON.stringify({ ...anEvent(), properties: { text: 'a'.repeat(HELD_MAX) } });
    const refused = await post(gzipSync(large), { 'content-encoding': 'gzip' });
    expect(problemOf(refused)).toBe('503 unavailable');
    expect((await post(gzipSync(event), { 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('are forgotten when they are answered', async () => {
    const half = JSON.stringify({ ...anEvent(), properties: { text: 'a'.repeat(HELD_MAX / 2) } });
    for (let sent = 0; sent < 4; sent += 1) expect((await post(half)).status).toBe(200);
  });

  it('may be answered 200 up to the bound, and 503 above it', async () => {
    const ofBytes = (bytes: number): string => event + ' '.repeat(bytes - Buffer.byteLength(event));
    expect((await post(ofBytes(HELD_MAX))).status).toBe(200);
    expect((await post(ofBytes(HELD_MAX + 1))).status).toBe(503);
  });
});
