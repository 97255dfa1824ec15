import { TOPICS, DEFAULT_PARTITION_COUNTS, type PartitionCounts } from '@logbook/contracts';
import { openLog } from '@logbook/log';
import { uniqueName } from '@logbook/testing';
import { readTestServices } from '@logbook/config';
import { failedStart } from './failed-start.js';
import { startEmbedded } from './harness/embedded-system.js';
import { startScale } from './harness/scale-system.js';
import type { System } from './harness/system.js';
import { stopStarted } from './stop-started.js';

const EVENT_BYTES_MAX = 8 * 1024 * 1024;

describe('what belongs to another log is refused in one line, and nothing is written', () => {
  let scale: System;
  const { kafkaBrokers, databaseUrl } = readTestServices();

  beforeAll(async () => {
    scale = await startScale({ gateways: 1, projectors: 1 });
  }, 150_000);
  afterAll(() => stopStarted(scale), 60_000);

  it('a data directory', async () => {
    const embedded = await startEmbedded();
    try {
      await embedded.gateways[0]?.stop();
      const settings = { ...scale.environment, LOGBOOK_DATA_DIR: embedded.environment['LOGBOOK_DATA_DIR'] ?? '' };
      const { code, lines } = await failedStart('standalone', settings);
      expect(lines).toEqual([
        expect.stringMatching(/belongs to log [0-9a-f-]{36}, but this is log [0-9a-f-]{36}: set LOGBOOK_DATA_DIR/),
      ]);
      expect(code).toBe(1);
    } finally {
      await embedded.stop();
    }
  }, 90_000);

  it.each(['projector', 'gateway'] as const)(
    'a database, by the %s',
    async (app) => {
      // Its data directory is a new one: only the database is another log's.
      const { LOGBOOK_DATA_DIR, ...environment } = scale.environment;
      expect(LOGBOOK_DATA_DIR).toBeDefined();
      const { code, lines } = await failedStart(app, {
        ...environment,
        LOGBOOK_TOPIC_PREFIX: uniqueName('e2e'),
      });
      expect(lines).toEqual([
        expect.stringMatching(
          /the database holds gen_1 of log [0-9a-f-]{36}, and this is log [0-9a-f-]{36}: connect to/,
        ),
      ]);
      expect(code).toBe(1);
    },
    90_000,
  );

  it.each<
    [string, { readonly partitions?: Partial<PartitionCounts>; readonly messageBytesMax?: number }, string, RegExp]
  >([
    [
      'a topic with another number of partitions',
      { partitions: { events: 3 } },
      'events',
      /has 3 partitions, not 12; .*`logbook log copy`/,
    ],
    [
      'a topic with another limit',
      { messageBytesMax: 1024 * 1024 },
      'control',
      /max\.message\.bytes is \d+, wanted at least \d+\. Mend it with: kafka-configs/,
    ],
  ])(
    '%s',
    async (_what, made, topic, sentence) => {
      const prefix = uniqueName('e2e');
      const messageBytesMax = made.messageBytesMax ?? EVENT_BYTES_MAX;
      const log = await openLog({
        kind: 'kafka',
        brokers: kafkaBrokers.split(','),
        prefix,
        messageBytesMax,
        clientId: 'logbook/e2e',
      });
      try {
        const partitions = { ...DEFAULT_PARTITION_COUNTS, ...made.partitions };
        // Topics alone make no log: the service that starts next writes the first message, and finds them as they are.
        await log.prepare({ topics: TOPICS, partitions });
      } finally {
        await log.close();
      }
      const settings = { KAFKA_BROKERS: kafkaBrokers, DATABASE_URL: databaseUrl, LOGBOOK_TOPIC_PREFIX: prefix };
      const { code, lines } = await failedStart('gateway', settings);
      expect(lines).toEqual([expect.stringMatching(new RegExp(`topic ${prefix}\\.${topic} .*${sentence.source}`))]);
      expect(code).toBe(1);
    },
    90_000,
  );
});
