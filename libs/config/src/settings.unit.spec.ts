import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_VARIABLES, readSettings, SettingsError } from './settings.js';

const problemsOf = (variables: NodeJS.ProcessEnv, service: Parameters<typeof readSettings>[0] = 'standalone') => {
  try {
    readSettings(service, variables);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
};

describe('readSettings', () => {
  it('runs everything embedded when nothing is set', () => {
    const settings = readSettings('standalone', {});
    expect(settings.http).toEqual({ host: '127.0.0.1', port: 8080, connectionsMax: 10_000, corsOrigins: [] });
    expect([settings.log.kind, settings.store.kind, settings.cache.kind]).toEqual([
      'embedded',
      'embedded',
      'in-process',
    ]);
    expect(settings.eventBytesMax).toBe(8_388_608);
  });

  it('chooses each driver by its variable', () => {
    const settings = readSettings('gateway', {
      KAFKA_BROKERS: 'a:9092, b:9093',
      DATABASE_URL: 'postgres://u:p@localhost:5432/d',
      REDIS_URL: 'redis://127.0.0.1:6379/3',
    });
    expect(settings.log).toEqual({ kind: 'kafka', brokers: ['a:9092', 'b:9093'], prefix: 'logbook' });
    expect(settings.store).toEqual({ kind: 'postgres', url: 'postgres://u:p@localhost:5432/d' });
    expect(settings.cache).toEqual({ kind: 'redis', url: 'redis://127.0.0.1:6379/3' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings('standalone', { KAFKA_BROKERS: '', PORT: '' }).log.kind).toBe('embedded');
  });

  it('reports every wrong variable at once', () => {
    const problems = problemsOf({ PORT: 'x', KAFKA_BROKERS: 'nonsense', DATABASE_URL: 'mysql://h', LOG_LEVEL: 'loud' });
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'DATABASE_URL',
      'KAFKA_BROKERS',
      'LOG_LEVEL',
      'PORT',
    ]);
  });

  it('refuses a name starting with LOGBOOK_ that nothing reads', () => {
    expect(problemsOf({ LOGBOOK_DATADIR: 'x' })).toEqual([
      'LOGBOOK_DATADIR is not a setting of Logbook; see docs/configuration.md',
    ]);
    expect(problemsOf({ LOGBOOK_TEST_KAFKA_BROKERS: 'x', LOGBOOK_URL: 'x', LOGBOOK_API_KEY: 'x' })).toEqual([]);
  });

  it.each(['gateway', 'projector', 'usage'] as const)('says that the %s needs Kafka and Postgres', (service) => {
    expect(problemsOf({}, service)).toHaveLength(2);
  });

  it.each([
    ['PORT', '65535', '65536'],
    ['LOGBOOK_PROJECTOR_PORT', '0', '65536'],
    ['LOGBOOK_USAGE_PORT', '0', '65536'],
    ['LOGBOOK_USAGE_PORT', '65535', '65536'],
    ['LOGBOOK_EVENT_BYTES_MAX', '1024', '1023'],
    ['LOGBOOK_EVENT_BYTES_MAX', '67108864', '67108865'],
    ['LOGBOOK_CONNECTIONS_MAX', '1', '0'],
    ['LOGBOOK_CONNECTIONS_MAX', '1000000', '1000001'],
    ['LOGBOOK_REQUESTS_PER_MINUTE_MAX', '1000000000', '1000000001'],
    ['LOGBOOK_NEW_NAMES_PER_HOUR_MAX', '1000000000', '1000000001'],
    ['LOGBOOK_READ_WAIT_MS', '1', '0'],
    ['LOGBOOK_READ_WAIT_MS', '60000', '60001'],
    ['LOGBOOK_TOPIC_PREFIX', 'a'.repeat(200), 'a'.repeat(201)],
    ['LOGBOOK_BOOTSTRAP_API_KEY', 'k'.repeat(20), 'k'.repeat(19)],
    ['LOGBOOK_BOOTSTRAP_API_KEY', 'k'.repeat(255), 'k'.repeat(256)],
    ['KAFKA_BROKERS', 'h:65535', 'h:65536'],
    ['DATABASE_URL', 'postgresql://h/d', 'h/d'],
    ['REDIS_URL', 'rediss://h', 'http://h'],
    ['LOGBOOK_CORS_ORIGINS', 'https://a.example,http://localhost:3000', 'a.example'],
    ['LOGBOOK_REDACT_HEADERS', 'x-session,x-user', 'x session'],
    ['HOST', '0.0.0.0', 'a b'],
    ['KAFKA_TLS', 'true', 'yes'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4318', 'localhost:4318'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://h/otlp', 'grpc://h:4317'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=a%20b,x=', 'api-key'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%c3%a9', 'a=%c3'],
    ['OTEL_TRACES_SAMPLER', 'always_on', 'sometimes'],
  ])('takes %s=%s and refuses %s', (name, inside, outside) => {
    expect(problemsOf({ [name]: inside })).toEqual([]);
    expect(problemsOf({ [name]: outside })).toHaveLength(1);
  });

  it('traces nothing unless it is told where to, and then as the caller does', () => {
    expect(readSettings('standalone', { OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeNull();
    expect(readSettings('standalone', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' }).tracing).toEqual({
      endpoint: 'http://h:4318',
      headers: {},
      sampler: { name: 'parentbased_always_on', ratio: 1 },
    });
  });

  it('takes the part of the traces to keep, and what to send along', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20a%3Db,x=y=z',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.01',
    };
    expect(readSettings('standalone', variables).tracing).toMatchObject({
      headers: { authorization: 'Bearer a=b', x: 'y=z' },
      sampler: { name: 'traceidratio', ratio: 0.01 },
    });
    for (const part of ['0', '1', '1.0', '0.999'])
      expect(problemsOf({ ...variables, OTEL_TRACES_SAMPLER_ARG: part })).toEqual([]);
    for (const part of ['1.1', '-0.1', '1e-3', '.5', '2'])
      expect(problemsOf({ ...variables, OTEL_TRACES_SAMPLER_ARG: part })).toHaveLength(1);
    expect(problemsOf({ OTEL_TRACES_SAMPLER_ARG: '0.5' })).toEqual([
      'OTEL_TRACES_SAMPLER_ARG is of use with OTEL_TRACES_SAMPLER=traceidratio or parentbased_traceidratio alone',
    ]);
  });

  describe('with files', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'logbook-settings-'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    const file = (content: string): string => {
      const path = join(directory, String(readdirSync(directory).length));
      writeFileSync(path, content);
      return path;
    };
    const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';

    it('takes each secret out of a file, without the line end behind it', () => {
      const settings = readSettings('standalone', {
        KAFKA_BROKERS: 'a:9093',
        KAFKA_SASL_MECHANISM: 'plain',
        KAFKA_SASL_USERNAME: 'u',
        KAFKA_SASL_PASSWORD_FILE: file(' pass word \n'),
        DATABASE_URL_FILE: file('postgres://u:p@h/d\r\n'),
        REDIS_URL_FILE: file('redis://h'),
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318',
        OTEL_EXPORTER_OTLP_HEADERS_FILE: file('api-key=k\n'),
        LOGBOOK_BOOTSTRAP_API_KEY_FILE: file('k'.repeat(20)),
      });
      expect(settings.log).toMatchObject({ sasl: { mechanism: 'plain', username: 'u', password: ' pass word ' } });
      expect(settings.store).toEqual({ kind: 'postgres', url: 'postgres://u:p@h/d' });
      expect(settings.cache).toEqual({ kind: 'redis', url: 'redis://h' });
      expect(settings.bootstrapApiKey).toBe('k'.repeat(20));
      expect(settings.tracing?.headers).toEqual({ 'api-key': 'k' });
    });

    it('refuses a secret that is set twice, and a file that is not there or empty', () => {
      expect(problemsOf({ REDIS_URL: 'redis://h', REDIS_URL_FILE: file('redis://h') })).toEqual([
        'REDIS_URL and REDIS_URL_FILE are both set: keep one',
      ]);
      expect(problemsOf({ REDIS_URL_FILE: join(directory, 'none') })).toEqual([
        `REDIS_URL_FILE names ${directory}/none, which cannot be read (ENOENT)`,
      ]);
      expect(problemsOf({ REDIS_URL_FILE: file('\n') })[0]).toMatch(/which is empty$/);
      expect(problemsOf({ REDIS_URL_FILE: '' })).toEqual([]);
    });

    it('gives every connection to Kafka the same security', () => {
      const security = {
        tls: { ca: PEM, cert: PEM, key: PEM },
        sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
      };
      const variables = {
        KAFKA_TLS: 'true',
        KAFKA_TLS_CA_FILE: file(PEM),
        KAFKA_TLS_CERT_FILE: file(PEM),
        KAFKA_TLS_KEY_FILE: file(PEM),
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: 'u',
        KAFKA_SASL_PASSWORD: 'p',
      };
      expect(readSettings('cli', variables).kafkaSecurity).toEqual(security);
      expect(readSettings('cli', { ...variables, KAFKA_BROKERS: 'a:1' }).log).toMatchObject(security);
      expect(readSettings('cli', { KAFKA_TLS: 'true' }).kafkaSecurity).toEqual({ tls: {} });
      expect(readSettings('cli', { KAFKA_TLS: 'false' }).kafkaSecurity).toEqual({});
    });

    it('refuses parts of a security without the others', () => {
      const together = 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together';
      expect(problemsOf({ KAFKA_SASL_MECHANISM: 'plain' })).toEqual([together]);
      expect(problemsOf({ KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' })).toEqual([together]);
      expect(problemsOf({ KAFKA_TLS_CA_FILE: file(PEM) })).toEqual([
        'KAFKA_TLS_CA_FILE is of use with KAFKA_TLS=true alone',
      ]);
      expect(problemsOf({ KAFKA_TLS: 'true', KAFKA_TLS_CERT_FILE: file(PEM) })).toEqual([
        'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE must be set together',
      ]);
      expect(problemsOf({ REDIS_URL: 'redis://h', REDIS_TLS_CA_FILE: file(PEM) })).toHaveLength(1);
      expect(problemsOf({ REDIS_URL: 'rediss://h', REDIS_TLS_CA_FILE: file(PEM) })).toEqual([]);
    });

    it('refuses a certificate that is none, and files of the database URL that are not there', () => {
      expect(problemsOf({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: file('no certificate') })[0]).toContain('is not PEM');
      const url = (path: string): string => `postgres://u@h/d?sslmode=verify-full&sslrootcert=${path}`;
      expect(problemsOf({ DATABASE_URL: url(file(PEM)) })).toEqual([]);
      expect(problemsOf({ DATABASE_URL: url('/none.pem') })).toEqual([
        'DATABASE_URL in sslrootcert names /none.pem, which cannot be read (ENOENT)',
      ]);
    });

    it('quotes no secret in what it says', () => {
      const secret = 'never-say-this';
      const files = {
        KAFKA_TLS: 'true',
        KAFKA_TLS_CA_FILE: file(secret),
        LOGBOOK_BOOTSTRAP_API_KEY_FILE: file(secret),
      };
      const problems = problemsOf({ ...files, DATABASE_URL_FILE: file(secret), REDIS_URL: secret });
      expect(problems).toHaveLength(4);
      expect(problems.join()).not.toContain(secret);
    });
  });

  it('is documented, variable by variable', () => {
    const page = readFileSync(join(__dirname, '../../../docs/configuration.md'), 'utf8');
    const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
    expect(documented).toEqual([...ENVIRONMENT_VARIABLES]);
  });
});
