import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTestServices } from '@logbook/config';
import { DEFAULT_PARTITION_COUNTS, TOPICS } from '@logbook/contracts';
import { LogUnavailableError, type Log } from '@logbook/core';
import { openLog, type LogLocation } from '@logbook/log';
import {
  CertificateAuthority,
  startKafka,
  startPostgres,
  startTlsProxy,
  uniqueName,
  type Certificate,
  type PostgresService,
  type SecureKafkaService,
  type TlsProxy,
} from '@logbook/testing';
import { agentPath, eventBody, recordedId, unique, visible, type Agent } from './api/requests.js';
import { startScale } from './harness/scale-system.js';

type KafkaLocation = Extract<LogLocation, { kind: 'kafka' }>;

const user = { username: 'logbook', password: 's3cr3t-of-the-broker' };
const SERVERS_TIMEOUT_MS = 180_000;

describe('connections over TLS, to servers whose certificates one authority has signed', () => {
  jest.setTimeout(SERVERS_TIMEOUT_MS);
  let authority: CertificateAuthority;
  let stranger: CertificateAuthority;
  let client: Certificate;
  let kafka: SecureKafkaService;
  let postgres: PostgresService;
  let redis: TlsProxy;
  let directory: string;

  beforeAll(async () => {
    authority = await CertificateAuthority.create('authority');
    stranger = await CertificateAuthority.create('stranger');
    const server = await authority.issue('server');
    client = await authority.issue('client');
    directory = await mkdtemp(join(tmpdir(), 'logbook-tls-'));
    await chmod(directory, 0o755);
    const { redisUrl } = readTestServices();
    [kafka, postgres, redis] = await Promise.all([
      startKafka({ security: { server, ca: authority.cert, user } }),
      startPostgres({ tls: server, fsync: false }),
      startTlsProxy({ port: Number(new URL(redisUrl).port) }, server),
    ]);
  }, SERVERS_TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all([kafka.stop(), postgres.stop(), redis.close()]);
    await rm(directory, { recursive: true });
  });

  /** A file of the settings. */
  async function fileOf(content: string): Promise<string> {
    const path = join(directory, uniqueName('file'));
    await writeFile(path, content);
    return path;
  }

  describe('Kafka', () => {
    const overTls = (over: Partial<KafkaLocation> = {}): KafkaLocation => ({
      kind: 'kafka',
      brokers: [kafka.secure.sasl],
      prefix: uniqueName('tls'),
      tls: { ca: authority.cert },
      sasl: { mechanism: 'scram-sha-512', ...user },
      ...over,
    });

    async function prepared<T>(location: KafkaLocation, action: (log: Log) => Promise<T>): Promise<T> {
      const log = await openLog({
        ...location,
        messageBytesMax: 1024 * 1024,
        clientId: 'logbook/e2e',
        logger: () => undefined,
      });
      try {
        await log.prepare({ topics: TOPICS, partitions: DEFAULT_PARTITION_COUNTS });
        return await action(log);
      } finally {
        await log.close();
      }
    }

    const appends = (location: KafkaLocation): Promise<boolean> =>
      prepared(location, async (log) => {
        const value = Buffer.from('{}');
        const [position] = await log.append('control', [{ key: Buffer.from('k'), headers: {}, value }]);
        const [end] = await log.ends('control');
        return position !== undefined && end === position.offset + 1;
      });

    it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('takes a password by %s', async (mechanism) => {
      await expect(appends(overTls({ sasl: { mechanism, ...user } }))).resolves.toBe(true);
    });

    it('takes the certificate of a client', async () => {
      const location = { kind: 'kafka', brokers: [kafka.secure.mutual], prefix: uniqueName('tls') } as const;
      await expect(appends({ ...location, tls: { ca: authority.cert, ...client } })).resolves.toBe(true);
    });

    it('is not spoken to, nor speaks, where anything about it is wrong', async () => {
      const theirs = await stranger.issue('client');
      const port = kafka.secure.sasl.split(':')[1];
      const mutual = { brokers: [kafka.secure.mutual], sasl: undefined };
      const wrong: Record<string, Partial<KafkaLocation>> = {
        'another authority': { tls: { ca: stranger.cert } },
        'no authority': { tls: {} },
        'a name that the certificate does not have': { brokers: [`localhost:${port}`] },
        'no TLS': { tls: undefined },
        'no password': { sasl: undefined },
        'a wrong password': { sasl: { mechanism: 'plain', username: user.username, password: 'wrong' } },
        'a wrong SCRAM password': { sasl: { mechanism: 'scram-sha-512', username: user.username, password: 'wrong' } },
        'no certificate of a client': mutual,
        'the certificate of a stranger': { ...mutual, tls: { ca: authority.cert, ...theirs } },
      };
      await Promise.all(
        Object.values(wrong).map((over) => expect(appends(overTls(over))).rejects.toThrow(LogUnavailableError)),
      );
    });
  });

  it('a gateway, a projector and the command line run on secured Kafka, PostgreSQL and Redis, their secrets in files', async () => {
    const ca = await fileOf(authority.cert);
    const databaseUrl = `${postgres.url}?sslmode=verify-full&sslrootcert=${ca}`;
    const system = await startScale({
      gateways: 1,
      servers: { kafkaBrokers: kafka.secure.sasl, databaseUrl, redisUrl: `rediss://127.0.0.1:${redis.port}` },
      environment: {
        KAFKA_TLS: 'true',
        KAFKA_TLS_CA_FILE: ca,
        KAFKA_SASL_MECHANISM: 'scram-sha-256',
        KAFKA_SASL_USERNAME: user.username,
        KAFKA_SASL_PASSWORD_FILE: await fileOf(`${user.password}\n`),
        REDIS_TLS_CA_FILE: ca,
      },
    });
    try {
      const { api } = system;
      const agent = unique('agent');
      recordedId(await api.post('/events', await eventBody(api, { agent })));
      await expect(visible<Agent>(api, agentPath(agent))).resolves.toMatchObject({ agent_name: agent });
      const health = await api.send({ path: '/health/ready' });
      expect(health.json()).toMatchObject({
        checks: { log: { up: true }, store: { up: true }, cache: { up: true } },
      });
      await expect(system.cliJson('keys', 'list', '--json')).resolves.toEqual([expect.anything()]);
      const sessions = await system.withStore((store) =>
        store.pool.query(
          'SELECT count(*)::int AS plain FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE NOT ssl AND datname = current_database()',
        ),
      );
      expect(sessions.rows).toEqual([{ plain: 0 }]);
      for (const { output } of [...system.gateways, ...system.projectors]) expect(output).not.toContain(user.password);
    } finally {
      await system.stop();
    }
  });
});
