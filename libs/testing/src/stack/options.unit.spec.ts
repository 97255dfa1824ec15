import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePort } from '../services/ports.js';
import { HELP, readStackOptions, servicesOptions, StackUsageError } from './options.js';

const silent = (): void => undefined;

describe('options of npm run stack', () => {
  it('are the well-known ports, temporary data and fsync by default', () => {
    expect(readStackOptions([])).toEqual({
      help: false,
      json: false,
      untilStdinEnds: false,
      fsync: true,
      dataDirectory: undefined,
      ports: { kafka: 9092, postgres: 5432, redis: 6379 },
    });
  });

  it('can take a port each, free ones for the rest, and leave services out', () => {
    const { ports } = readStackOptions(['--ports', 'free', '--kafka-port', '19092', '--without', 'redis']);
    expect(ports).toEqual({ kafka: 19_092, postgres: 0 });
  });

  it.each([
    [['--kafka-port', 'x'], '--kafka-port x: must be a port'],
    [['--redis-port', '65536'], '--redis-port 65536: must be a port'],
    [['--ports', 'fixed'], '--ports takes one value, free'],
    [['--without', 'mongo'], '--without mongo: must be one of kafka, postgres, redis'],
    [['--nonsense'], '--nonsense'],
    [['stray'], 'stray'],
  ])('refuses %j, saying what is allowed', (args, message) => {
    expect(() => readStackOptions(args)).toThrow(StackUsageError);
    expect(() => readStackOptions(args)).toThrow(message);
  });

  it('are each explained by --help', () => {
    const options = ['data-dir', 'kafka-port', 'postgres-port', 'redis-port', 'ports', 'without', 'no-fsync', 'json'];
    for (const option of [...options, 'until-stdin-ends', 'help']) expect(HELP).toContain(`--${option}`);
  });

  it('name every fixed port that is taken, in one error', async () => {
    const [kafka, redis] = [await freePort(), await freePort()];
    const servers = [kafka, redis].map((port) => createServer().listen(port, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    const options = readStackOptions(['--kafka-port', `${kafka}`, '--redis-port', `${redis}`, '--postgres-port', '0']);
    const both = `in use: port ${kafka} (--kafka-port), port ${redis} (--redis-port); stop what listens there`;
    await expect(servicesOptions(options, silent)).rejects.toThrow(both);
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  });

  it('become free ports where 0 is asked for', async () => {
    const services = await servicesOptions(readStackOptions(['--ports', 'free', '--without', 'kafka']), silent);
    expect(services.kafka).toBe(false);
    expect(services.postgres).toMatchObject({ port: expect.any(Number), fsync: true });
    expect(services.redis).not.toMatchObject({ port: 0 });
  });
});
