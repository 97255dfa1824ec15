import { createServer, type Server } from 'node:net';
import { devNull } from 'node:os';
import { failedStart, type App } from './failed-start.js';
import { inRepository } from './harness/repository.js';
import { runProgram } from './harness/run-program.js';
import { plainLines } from './plain-lines.js';

const KAFKA = { KAFKA_BROKERS: '127.0.0.1:1', DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/logbook' };
const UNREACHABLE_MS_MAX = 35_000;

describe('a setting that is wrong ends the start with one line that says what to do', () => {
  it.each<[string, App, Record<string, string>, (string | RegExp)[]]>([
    [
      'a database URL that is none',
      'standalone',
      { DATABASE_URL: 'localhost/logbook' },
      ['DATABASE_URL must be a URL like postgres://'],
    ],
    [
      'several at once',
      'standalone',
      { PORT: 'http', DATABASE_URL: 'mysql://h', LOG_LEVEL: 'loud', LOGBOOK_READ_WAIT_MS: '0' },
      [/PORT must/, /DATABASE_URL must/, /LOG_LEVEL must/, /LOGBOOK_READ_WAIT_MS must/],
    ],
    [
      'a name that nothing reads',
      'standalone',
      { LOGBOOK_DATADIR: '/data' },
      ['LOGBOOK_DATADIR is not a setting of Logbook; see docs/configuration.md'],
    ],
    [
      'a gateway without brokers',
      'gateway',
      { DATABASE_URL: KAFKA.DATABASE_URL },
      ['KAFKA_BROKERS must be set for the gateway', 'npm start'],
    ],
    [
      'a data directory below a file',
      'standalone',
      { LOGBOOK_DATA_DIR: `${devNull}/data` },
      [`${devNull}/data cannot be written`, 'LOGBOOK_DATA_DIR'],
    ],
    [
      'a data directory where nothing can be made',
      'standalone',
      { LOGBOOK_DATA_DIR: '/sys/logbook' },
      ['/sys/logbook cannot be written', 'LOGBOOK_DATA_DIR'],
    ],
  ])(
    '%s',
    async (_what, app, settings, expected) => {
      const { code, lines } = await failedStart(app, settings);
      expect(lines).toHaveLength(1);
      for (const part of expected)
        expect(lines[0]).toEqual(part instanceof RegExp ? expect.stringMatching(part) : expect.stringContaining(part));
      expect(lines[0]).not.toContain('secret');
      expect(code).toBe(1);
    },
    30_000,
  );
});

describe('a port that is taken', () => {
  let taken: Server;
  let port: string;

  beforeAll(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    port = String((taken.address() as { port: number }).port);
  });
  afterAll(() => new Promise((resolve) => taken.close(resolve)));

  it('is named, with the setting that chooses another', async () => {
    const { code, lines } = await failedStart('standalone', { PORT: port });
    expect(lines).toEqual([expect.stringContaining(`port ${port} on 127.0.0.1 is in use`)]);
    expect(lines[0]).toContain('PORT');
    expect(code).toBe(1);
  }, 30_000);
});

describe('a broker that cannot be reached on a first start', () => {
  it.each<App>(['gateway', 'cli'])(
    'ends the %s in bounded time, with the address in one line',
    async (app) => {
      const { code, lines, tookMs } = await failedStart(app, KAFKA, app === 'cli' ? ['status'] : []);
      expect(lines).toEqual([expect.stringContaining('127.0.0.1:1')]);
      expect(code).toBe(1);
      expect(tookMs).toBeLessThan(UNREACHABLE_MS_MAX);
    },
    60_000,
  );

  it('ends the gateway just so when the port takes connections and answers nothing', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(silent.address() as { port: number }).port}`;
    try {
      const { code, lines, tookMs } = await failedStart('gateway', { ...KAFKA, KAFKA_BROKERS: address });
      expect(lines).toEqual([expect.stringContaining(address)]);
      expect(code).toBe(1);
      expect(tookMs).toBeLessThan(UNREACHABLE_MS_MAX);
    } finally {
      silent.close();
    }
  }, 60_000);
});

describe('the servers of `npm run stack`', () => {
  it('name what to install where there is no Java', async () => {
    const { code, stdout, stderr } = await runProgram({
      command: process.execPath,
      args: [
        inRepository('libs/testing/dist/stack/main.js'),
        '--ports',
        'free',
        '--without',
        'postgres',
        '--without',
        'redis',
      ],
      environment: { PATH: '/nonexistent' },
      timeoutMs: 30_000,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    // The first line only says that it begins.
    expect(plainLines(stderr).slice(1)).toEqual([
      expect.stringMatching(/^stack: Kafka needs Java 17 or newer: install .*PATH/),
    ]);
  }, 40_000);
});
