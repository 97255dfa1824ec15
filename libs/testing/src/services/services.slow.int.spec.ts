import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../wait.js';
import { exchange } from './exchange.js';
import { startKafka } from './kafka.js';
import { isFree } from './ports.js';
import { startPostgres } from './postgres.js';
import { livingOf, processTree } from './process-tree.js';
import { startRedis } from './redis.js';
import type { Service, ServiceOptions } from './service.js';

const STARTERS = [
  { name: 'kafka', start: startKafka, dataFile: 'logs/meta.properties' },
  { name: 'postgres', start: startPostgres, dataFile: 'cluster/PG_VERSION' },
  { name: 'redis', start: startRedis, dataFile: 'appendonlydir' },
] satisfies readonly { name: string; start: (options: ServiceOptions) => Promise<Service>; dataFile: string }[];

describe.each(STARTERS)('$name on this machine', ({ name, start, dataFile }) => {
  jest.setTimeout(120_000);
  let parent: string;
  let service: Service;

  beforeAll(async () => {
    parent = await openParent();
    service = await start({ dataDirectory: parent });
  });

  afterAll(async () => {
    await service.stop();
    await rm(parent, { recursive: true });
  });

  it('answers once started, and gives its address', async () => {
    expect(service.address).toBe(`127.0.0.1:${service.port}`);
    await expect(isFree(service.port)).resolves.toBe(false);
  });

  it('killed, leaves no process and is back on the same port with its data after a restart', async () => {
    const { port, pid } = service;
    const tree = await processTree(pid);
    await service.kill();
    await expect(livingOf(tree)).resolves.toEqual([]);
    await expect(isFree(port)).resolves.toBe(true);
    expect(() => service.pid).toThrow('is not running');
    await service.restart();
    expect(service.port).toBe(port);
    expect(service.pid).not.toBe(pid);
    await expect(isFree(port)).resolves.toBe(false);
    expect(existsSync(join(parent, name, dataFile))).toBe(true);
  });

  it('restarted in good order, is back on the same port', async () => {
    const { port, pid } = service;
    await service.restart();
    expect(service.pid).not.toBe(pid);
    await expect(isFree(port)).resolves.toBe(false);
  });

  it('paused, is silent until resumed, and ends even if it is still paused', async () => {
    const tree = await processTree(service.pid);
    await service.pause();
    await expect(exchange(service.port, Buffer.from('PING\r\n'), () => true)).rejects.toThrow('does not answer');
    await service.resume();
    await service.pause();
    await service.stop();
    await expect(livingOf(tree)).resolves.toEqual([]);
    await expect(isFree(service.port)).resolves.toBe(true);
  });

  it('refuses to restart what was stopped for ever', async () => {
    await service.stop();
    await expect(service.restart()).rejects.toThrow('was stopped for ever');
  });
});

describe('Redis data', () => {
  it('acknowledged before SIGKILL are there after a restart', async () => {
    const redis = await startRedis();
    const ask = (command: string): Promise<string> =>
      exchange(redis.port, Buffer.from(`${command}\r\n`), (bytes) => bytes.toString().endsWith('\r\n')).then(String);
    try {
      await expect(ask('SET kept yes')).resolves.toBe('+OK\r\n');
      await redis.kill();
      await redis.restart();
      await eventually(async () => expect(await ask('GET kept')).toBe('$3\r\nyes\r\n'), { what: 'the value' });
    } finally {
      await redis.stop();
    }
  });
});

describe('a server that cannot start', () => {
  it('is an error when somebody else answers at its port', async () => {
    const first = await startRedis();
    try {
      await expect(startRedis({ port: first.port })).rejects.toThrow(`port ${first.port} is in use`);
    } finally {
      await first.stop();
    }
  });

  it('is an error that quotes its log', async () => {
    const parent = await openParent();
    try {
      await mkdir(join(parent, 'postgres', 'cluster'), { recursive: true });
      await writeFile(join(parent, 'postgres', 'cluster', 'PG_VERSION'), '9.6\n');
      await expect(startPostgres({ dataDirectory: parent })).rejects.toThrow(/ended while starting[^]*postgres/);
    } finally {
      await rm(parent, { recursive: true });
    }
  });
});

/** A directory that servers which drop root can enter. */
async function openParent(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'logbook-services-'));
  await chmod(parent, 0o755);
  return parent;
}
