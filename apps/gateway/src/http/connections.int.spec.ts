import { Agent } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { eventually } from '@logbook/testing';
import type { AnsweredRequest } from './gateway-app.js';
import { anEvent } from './testing/builders.js';
import { send, slugOf, Wire } from './testing/exchange.js';
import { BODY_BYTES_MAX, RunningGateway } from './testing/running-gateway.js';

const MIB = 1024 * 1024;
const post = (headers: string) =>
  `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid-key\r\n${headers}\r\n\r\n`;
const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

describe('connections', () => {
  let gateway: RunningGateway;
  let wire: Wire;
  const statuses: number[] = [];
  beforeAll(async () => {
    const onAnswered = ({ status }: AnsweredRequest) => statuses.push(status);
    gateway = await RunningGateway.start({
      onAnswered,
      timeouts: { headersMs: 1_000, requestMs: 2_500, checkEveryMs: 50 },
    });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    wire = await Wire.open(gateway);
  });
  afterEach(() => wire.close());

  const stillServes = async () => {
    expect((await send(gateway, 'POST', '/api/v1/events', { body: anEvent() })).status).toBe(200);
  };

  test('one connection takes one request after the other, errors included', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const body of [anEvent(), '{', anEvent({ session: '' }), anEvent()]) {
      const answer = await send(gateway, 'POST', '/api/v1/events', { body, agent });
      expect(answer.headers.connection).toBe('keep-alive');
    }
    agent.destroy();
  });

  test('an error that leaves a small body unread keeps the connection', async () => {
    wire.write('POST /api/v1/none HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid-key\r\nContent-Length: 4\r\n\r\n');
    expect(slugOf((await wire.answer()).json)).toBe('not-found');
    wire.write('{ }\n' + 'GET /api/v1/agents/second HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid-key\r\n\r\n');
    await wire.until('agent-not-found');
  });

  test('413 is readable while the client still sends, and the connection ends after it', async () => {
    wire.write(post(`Content-Length: ${32 * MIB}`));
    expect(slugOf((await wire.answer()).json)).toBe('payload-too-large');
    wire.write(Buffer.alloc(8 * MIB, 0x20));
    for (let sent = 8; sent < 32; sent += 8) wire.write(Buffer.alloc(8 * MIB, 0x20));
    const received = await wire.untilClosed();
    expect(received).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  });

  test('413 comes as soon as a body of unannounced length is over the limit', async () => {
    wire.write(post('Transfer-Encoding: chunked'));
    wire.write(chunk(Buffer.alloc(BODY_BYTES_MAX, 0x20)));
    wire.write(chunk(Buffer.from(' ')));
    expect(slugOf((await wire.answer()).json)).toBe('payload-too-large');
  });

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('a %s bomb is stopped at the limit, though it has not all arrived', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(256 * MIB, 0x20));
    const before = process.memoryUsage().rss;
    // Making the bomb took longer than an idle connection may live.
    wire.close();
    wire = await Wire.open(gateway);
    wire.write(post(`Transfer-Encoding: chunked\r\nContent-Encoding: ${encoding}`));
    // A brotli bomb is so small that only its end can be held back.
    wire.write(chunk(bomb.subarray(0, Math.ceil(bomb.length * 0.9))));
    expect(slugOf((await wire.answer()).json)).toBe('payload-too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
  });

  test('a 401 is readable by a client that sends its whole body first', async () => {
    wire.write(`POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${6 * MIB}\r\n\r\n`);
    wire.write(Buffer.alloc(6 * MIB, 0x20));
    expect(slugOf((await wire.answer()).json)).toBe('unauthorized');
    expect(await wire.untilClosed()).toContain('connection: close');
  });

  test('a 401 is readable by a client that wants the connection closed and has not sent its small body yet', async () => {
    wire.write('POST /api/v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n');
    expect(slugOf((await wire.answer()).json)).toBe('unauthorized');
    // A server that closed at once would have done so by now.
    for (let sent = 0; sent < 3; sent += 1) await stillServes();
    expect(wire.socket.readyState).toBe('open');
    wire.write(Buffer.alloc(2000, 0x20));
    await wire.untilClosed();
  });

  test('a client that waits for 100 Continue gets it only when its body is wanted', async () => {
    const body = JSON.stringify(anEvent());
    wire.write(post(`Content-Length: ${body.length}\r\nExpect: 100-continue`));
    await wire.until('HTTP/1.1 100 Continue\r\n\r\n');
    wire.write(body);
    await wire.until('HTTP/1.1 200 OK');

    const refused = await Wire.open(gateway);
    refused.write('POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n');
    const received = await refused.untilClosed();
    expect(received).toMatch(/^HTTP\/1\.1 401 /);
    expect(received).not.toContain('100 Continue');
  });

  test('another expectation is ignored', async () => {
    const body = JSON.stringify(anEvent());
    wire.write(post(`Content-Length: ${body.length}\r\nExpect: the-best`) + body);
    await wire.until('HTTP/1.1 200 OK');
  });

  test.each([
    ['identity', (text: string) => Buffer.from(text)],
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('a client that leaves amid its body (%s) harms nobody', async (encoding, compress) => {
    const recorded = gateway.useCases.events.recorded.length;
    wire.write(post(`Content-Length: 1000\r\nContent-Encoding: ${encoding}`));
    wire.write(compress(JSON.stringify(anEvent())).subarray(0, 12));
    await stillServes();
    statuses.length = 0;
    wire.close();
    for (let tries = 0; tries < 100 && !statuses.includes(499); tries += 1) await stillServes();
    expect(statuses.filter((status) => status !== 200)).toEqual([499]);
    expect(gateway.useCases.events.recorded).toHaveLength(
      recorded + 1 + statuses.filter((status) => status === 200).length,
    );
  });

  test('a body that comes too slowly is 408', async () => {
    wire.write(post('Content-Length: 1000') + '{');
    const received = await wire.untilClosed();
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(received).toContain('"type":"request-timeout"');
    await stillServes();
  });

  test('headers that come too slowly are 408', async () => {
    wire.write('GET /health/live HTTP/1.1\r\nHost:');
    expect(slugOf((await wire.answer()).json)).toBe('request-timeout');
  });

  test('headers of 30 KiB are taken and of 33 KiB are 431', async () => {
    const get = (bytes: number) =>
      `GET /api/v1/agents/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid-key\r\nX-Pad: ${'a'.repeat(bytes)}\r\n\r\n`;
    wire.write(get(30 * 1024));
    expect(slugOf((await wire.answer()).json)).toBe('agent-not-found');
    const large = await Wire.open(gateway);
    large.write(get(33 * 1024));
    const { head, json } = await large.answer();
    expect(head).toMatch(/^HTTP\/1\.1 431 /);
    expect(slugOf(json)).toBe('headers-too-large');
    large.close();
  });

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a bad header', 'GET /health/live HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n'],
    ['a bad chunk', post('Transfer-Encoding: chunked') + 'zz\r\n{}\r\n'],
    ['CONNECT', 'CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n'],
  ])('%s is 400 in the envelope, and the connection ends', async (_what, text) => {
    wire.write(text);
    const { head, json } = await wire.answer();
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(slugOf(json)).toBe('invalid-request');
    await wire.untilClosed();
  });

  describe('as many as are allowed', () => {
    let narrow: RunningGateway;
    let allowed: Wire[];
    const event = JSON.stringify(anEvent());
    const sendEvent = post(`Content-Length: ${event.length}`) + event;
    beforeEach(async () => {
      narrow = await RunningGateway.start({ connectionsMax: 2 });
      allowed = [];
      for (let opened = 0; opened < 2; opened += 1) allowed.push(await Wire.open(narrow));
    });
    afterEach(() => narrow.close());

    test('are served; over one more it is 503 with Retry-After, and that one ends', async () => {
      for (const each of allowed) {
        each.write(sendEvent);
        await each.until('HTTP/1.1 200 OK');
      }
      const further = await Wire.open(narrow);
      further.write(sendEvent);
      const received = await further.untilClosed();
      expect(received).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n.*connection: close\r\n.*"type":"unavailable"/is);
      allowed.forEach((each) => each.close());
    });

    test('leave one more its answer though it sends at length, and health and metrics to whoever watches', async () => {
      const further = await Wire.open(narrow);
      further.write(post(`Content-Length: ${8 * MIB}`));
      expect(slugOf((await further.answer()).json)).toBe('unavailable');
      further.write(Buffer.alloc(8 * MIB, 0x20));
      expect(await further.untilClosed()).toContain('connection: close');
      expect((await send(narrow, 'GET', '/health/live')).status).toBe(200);
      allowed.forEach((each) => each.close());
    });

    test('leave room again when one ends', async () => {
      allowed[0]?.close();
      await eventually(
        async () => expect((await send(narrow, 'POST', '/api/v1/events', { body: event })).status).toBe(200),
        { what: 'a connection in the place of the one that ended' },
      );
      allowed[1]?.close();
    });

    test('and as many again: the next is closed', async () => {
      allowed.push(await Wire.open(narrow), await Wire.open(narrow));
      const last = await Wire.open(narrow);
      expect(await last.untilClosed()).toBe('');
      expect(allowed.map(({ socket }) => socket.readyState)).toEqual(['open', 'open', 'open', 'open']);
      allowed.forEach((each) => each.close());
    });
  });

  test('an upgrade that is not served is answered as a plain request', async () => {
    wire.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await wire.until('HTTP/1.1 200 OK');
  });
});
