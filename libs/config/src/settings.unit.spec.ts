import { readFileSync } from 'node:fs';
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
    expect(settings.http).toEqual({ host: '127.0.0.1', port: 8080, corsOrigins: [] });
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

  it.each(['gateway', 'projector'] as const)('says that the %s needs Kafka and Postgres', (service) => {
    expect(problemsOf({}, service)).toHaveLength(2);
  });

  it.each([
    ['PORT', '65535', '65536'],
    ['LOGBOOK_PROJECTOR_PORT', '0', '65536'],
    ['LOGBOOK_EVENT_BYTES_MAX', '1024', '1023'],
    ['LOGBOOK_EVENT_BYTES_MAX', '67108864', '67108865'],
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
  ])('takes %s=%s and refuses %s', (name, inside, outside) => {
    expect(problemsOf({ [name]: inside })).toEqual([]);
    expect(problemsOf({ [name]: outside })).toHaveLength(1);
  });

  it('is documented, variable by variable', () => {
    const page = readFileSync(join(__dirname, '../../../docs/configuration.md'), 'utf8');
    const documented = [...page.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]);
    expect(documented).toEqual([...ENVIRONMENT_VARIABLES]);
  });
});
