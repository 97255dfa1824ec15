import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { personFact, type FactCache } from '@logbook/core';
import { logId, tenant } from '@logbook/contracts';
import { CertificateAuthority, eventually, startTlsProxy, type TlsProxy } from '@logbook/testing';
import { Redis } from 'ioredis';
import { describeFactCache } from './fact-cache.contract.js';
import { redisFactCache } from './redis.cache.js';

const url = process.env['LOGBOOK_TEST_REDIS_URL'] as string;
const ann = personFact(tenant('acme'), 'ann');

async function open(id = randomUUID()): Promise<FactCache> {
  const cache = redisFactCache({ url, logId: logId(id), timeoutMs: 2_000 });
  await eventually(() => cache.healthy(), { timeoutMs: 10_000, what: 'Redis answers' });
  return cache;
}

describeFactCache('the Redis cache', () => open());

describe('the Redis cache', () => {
  it('shares facts between gateways of one log and keeps another log apart', async () => {
    const id = randomUUID();
    const [one, two, stranger] = await Promise.all([open(id), open(id), open()]);
    await one.remember([ann]);
    expect(await two.known([ann])).toEqual([true]);
    expect(await stranger.known([ann])).toEqual([false]);
    await Promise.all([one.close(), two.close(), stranger.close()]);
  });

  it('knows nothing when the value is rubbish', async () => {
    const id = randomUUID();
    const cache = await open(id);
    await cache.remember([ann]);
    const redis = new Redis(url);
    await redis.set(`logbook:${id}:${ann}`, 'rubbish');
    await redis.quit();
    expect(await cache.known([ann])).toEqual([false]);
    await cache.close();
  });

  it('answers "not known" while Redis is away', async () => {
    const down: string[] = [];
    const cache = redisFactCache({
      url: 'redis://127.0.0.1:1',
      logId: logId(randomUUID()),
      onHealth: (state) => down.push(state),
    });
    await cache.remember([ann]);
    expect(await cache.known([ann])).toEqual([false]);
    expect(await cache.healthy()).toBe(false);
    await eventually(() => down.length > 0, { timeoutMs: 5_000, what: 'the cache reports that Redis is down' });
    expect(down).toEqual(['DOWN']);
    await cache.close();
  });

  it.each(['+1\r\n', '$1\r\n1\r\n', ':1\r\n', '*0\r\n', '-no\r\n', 'no words of its protocol\r\n'])(
    'answers "not known" when something else answers in place of Redis: %j',
    async (answer) => {
      const sockets = new Set<Socket>();
      const other: Server = createServer((socket) => {
        sockets.add(socket);
        // Once for each command, as a client expects it.
        const commands = (bytes: Buffer): number => bytes.toString().match(/^\*\d/gm)?.length ?? 1;
        socket.on('error', () => undefined).on('data', (bytes) => socket.write(answer.repeat(commands(bytes))));
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as { port: number };
      const states: string[] = [];
      const cache = redisFactCache({
        url: `redis://127.0.0.1:${port}`,
        logId: logId(randomUUID()),
        timeoutMs: 200,
        onHealth: (state) => states.push(state),
      });
      await eventually(() => states.length > 0, { what: 'the client to believe something of it' });
      await cache.remember([ann]);
      expect(await cache.known([ann])).toEqual([false]);
      expect(await cache.healthy()).toBe(false);
      await cache.close();
      for (const socket of sockets) socket.destroy();
      other.close();
    },
  );

  it('answers "not known" when Redis accepts the connection and says nothing', async () => {
    const silent: Server = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const cache = redisFactCache({ url: `redis://127.0.0.1:${port}`, logId: logId(randomUUID()), timeoutMs: 50 });
    expect(await cache.known([ann])).toEqual([false]);
    await cache.close();
    silent.close();
  });
});

describe('a Redis that speaks TLS', () => {
  let authority: CertificateAuthority;
  let proxy: TlsProxy;
  let opened: FactCache | undefined;
  beforeAll(async () => {
    authority = await CertificateAuthority.create('authority');
    proxy = await startTlsProxy({ port: Number(new URL(url).port) }, await authority.issue('server'));
  });
  afterEach(() => opened?.close());
  afterAll(() => proxy.close());

  /** Gives what the cache reported first. */
  async function firstHealth(host: string, tls?: { ca: string }): Promise<readonly [string, string | undefined]> {
    const reported: [string, string | undefined][] = [];
    opened = redisFactCache({
      url: `rediss://${host}:${proxy.port}`,
      ...(tls && { tls }),
      logId: logId(randomUUID()),
      timeoutMs: 2_000,
      onHealth: (state, cause) => reported.push([state, cause?.message]),
    });
    await eventually(() => reported.length > 0, { timeoutMs: 10_000, what: 'the cache to report on Redis' });
    return reported[0] as [string, string | undefined];
  }

  it('is spoken to when its authority is trusted', async () => {
    expect(await firstHealth('127.0.0.1', { ca: authority.cert })).toEqual(['UP', undefined]);
    await opened?.remember([ann]);
    expect(await opened?.known([ann])).toEqual([true]);
  });

  it('is not spoken to with another authority, none, or a name its certificate does not have', async () => {
    const stranger = await CertificateAuthority.create('stranger');
    for (const [host, tls] of [
      ['127.0.0.1', { ca: stranger.cert }],
      ['127.0.0.1', undefined],
      ['localhost', { ca: authority.cert }],
    ] as const) {
      expect(await firstHealth(host, tls)).toEqual(['DOWN', expect.stringMatching(/certificate|altnames/i)]);
      await opened?.close();
    }
  });
});
