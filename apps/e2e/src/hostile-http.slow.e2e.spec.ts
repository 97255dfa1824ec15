import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { eventually } from '@logbook/testing';
import { eventBody, expectProblem } from './api/requests.js';
import { concurrently } from './concurrently.js';
import { startEmbedded } from './harness/embedded-system.js';
import type { System } from './harness/system.js';
import { answersIn, exchange } from './hostile/exchange.js';
import { malformedRequests } from './hostile/malformed.js';
import { requestsTo, type Document, type WireRequest } from './hostile/requests.js';
import { faultsOf } from './hostile/verdict.js';
import { Witness } from './hostile/witness.js';

const SEED = Number(process.env['LOGBOOK_TEST_HOSTILE_SEED'] ?? randomInt(2 ** 31));
/** Of each kind: this many from the OpenAPI document, and half as many that are no HTTP. */
const REQUESTS = Number(process.env['LOGBOOK_TEST_HOSTILE_REQUESTS'] ?? 7_000);
/** Sent side by side: one at a time, the server would do nothing but wait for us. */
const ABREAST = 50;
const TIMEOUT_MS = 10 * 60_000;
const IDLE_CONNECTIONS = 1_000;
const SLOW_CLIENTS = 200;
/** What they inflate to, 8 MiB each, fits into what a gateway holds of bodies at a time: more of them are answered 503. */
const BOMBS = 12;
const MIB = 1024 * 1024;

describe('hostile HTTP on a running server', () => {
  jest.setTimeout(TIMEOUT_MS);
  let system: System;
  let document: Document;
  const sockets: Socket[] = [];

  beforeAll(async () => {
    system = await startEmbedded();
    document = (await system.api.send({ path: '/openapi.json' })).json<Document>();
    process.stdout.write(`hostile requests of LOGBOOK_TEST_HOSTILE_SEED=${SEED}\n`);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(() => system.stop());

  const url = (): string => system.urls[0] as string;

  /** An open connection whose end, in whatever way, is nothing to us. */
  async function connection(): Promise<Socket> {
    const { hostname, port } = new URL(url());
    const socket = connect({ host: hostname, port: Number(port) });
    sockets.push(socket);
    await once(socket, 'connect');
    return socket.on('error', () => undefined).resume();
  }

  /** Sends all of it, and gives how often each status came; `closed` is a connection closed without a word. */
  async function sendAll(requests: Arbitrary<WireRequest>, count: number): Promise<Record<string, number>> {
    const seen: Record<string, number> = {};
    const witness = await Witness.start(system.api);
    await concurrently(fc.sample(requests, { seed: SEED, numRuns: count }), ABREAST, async (request) => {
      const answers = await exchange(url(), request);
      for (const status of answers.length === 0 ? ['closed'] : answers.map(({ status }) => String(status)))
        seen[status] = (seen[status] ?? 0) + 1;
      const faults = answers.flatMap((answer) => faultsOf(answer, { isHead: request.method === 'HEAD' }));
      if (faults.length > 0) throw new Error(`${faults.join(', ')}: ${quoted(request.bytes)} got ${quoted(answers)}`);
    });
    await witness.stop();
    process.stdout.write(`${count} answered ${JSON.stringify(seen)}, beside ${witness.answered} events of another\n`);
    return seen;
  }

  it('requests made from the OpenAPI document get a success or a JSON refusal, never a 5xx, and nobody else waits', async () => {
    const seen = await sendAll(requestsTo(document, system.apiKey), REQUESTS);
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['200', '400', '401', '404', '405', '415']));
    expect(Object.keys(seen)).not.toContain('closed');
  });

  it('what is no HTTP gets a JSON refusal or a closed connection, never a 5xx, and nobody else waits', async () => {
    const seen = await sendAll(malformedRequests(system.apiKey), REQUESTS / 2);
    expect(seen['400']).toBeGreaterThan(0);
  });

  it(`${IDLE_CONNECTIONS} connections that say nothing are no hindrance to others`, async () => {
    await concurrently(Array.from({ length: IDLE_CONNECTIONS }), ABREAST, async () => {
      await connection();
    });
    await Witness.records(system.api, 50);
    expect(sockets.filter(({ readyState }) => readyState === 'open')).toHaveLength(IDLE_CONNECTIONS);
  });

  it(`${SLOW_CLIENTS} clients that send a byte at a time are no hindrance to others`, async () => {
    const head = `POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${system.apiKey}\r\n`;
    const slow = `${head}Content-Length: 100000\r\n\r\n${' '.repeat(100_000)}`;
    let sentBytes = 0;
    await concurrently(Array.from({ length: SLOW_CLIENTS }), ABREAST, async (_, index) => {
      const socket = await connection();
      // Some have come to their bodies, the others are at their headers.
      let at = index % 2 === 0 ? slow.length - 100_000 : 1;
      socket.write(slow.slice(0, at));
      const next = (): void => {
        if (socket.destroyed) return;
        socket.write(slow.charAt(at++), () => setImmediate(next));
        sentBytes += 1;
      };
      next();
    });
    const sentBefore = sentBytes;
    await Witness.records(system.api, 50);
    expect(sentBytes).toBeGreaterThan(sentBefore);
  });

  it(`${BOMBS} bombs at once are refused, and no hindrance to others`, async () => {
    const bombs = { gzip: gzipSync(Buffer.alloc(128 * MIB)), br: brotliCompressSync(Buffer.alloc(128 * MIB)) };
    const witness = await Witness.start(system.api);
    await Promise.all(
      Array.from({ length: BOMBS }, async (_, index) => {
        const encoding = index % 2 === 0 ? 'gzip' : 'br';
        const answer = await system.api.post('/events', bombs[encoding], { 'content-encoding': encoding });
        expectProblem(answer, 413, 'payload-too-large');
      }),
    );
    await witness.stop();
    expect(witness.answered).toBeGreaterThan(0);
  });

  it('requests sent ahead of the answers are answered in their order, what is no HTTP behind them with 400', async () => {
    const body = JSON.stringify(await eventBody(system.api));
    const key = `Host: x\r\nAuthorization: Bearer ${system.apiKey}\r\n`;
    const post = `POST /api/v1/events HTTP/1.1\r\n${key}Content-Length: ${body.length}\r\n\r\n${body}`;
    const requests = Array.from({ length: 100 }, () => `${post}GET /api/v1/agents/nobody HTTP/1.1\r\n${key}\r\n`);
    const socket = await connection();
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    const statuses = (): number[] => answersIn(received, false).map(({ status }) => status);
    const answers = Array.from({ length: 2 * requests.length }, (_, index) => (index % 2 === 0 ? 200 : 404));
    socket.write(requests.join(''));
    await eventually(() => expect(statuses()).toEqual(answers), { what: 'every answer' });
    socket.write('NO HTTP\r\n\r\n');
    await eventually(() => socket.closed, { what: 'the connection to be closed' });
    expect(statuses()).toEqual([...answers, 400]);
  });
});

const quoted = (what: unknown): string =>
  JSON.stringify(Buffer.isBuffer(what) ? what.toString('latin1') : what).slice(0, 2_000);
