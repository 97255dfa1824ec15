import { randomUUID } from 'node:crypto';
import type { Position } from '@logbook/contracts';
import { LogUnavailableError, type Log } from '@logbook/core';
import { eventually, startKafka, type KafkaService } from '@logbook/testing';
import { message, prepareAll } from '../log.contract.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';
import { openKafkaLog } from './kafka.log.js';

const OUTAGE_TIMEOUT_MS = 150_000;

/** These tests kill their broker, so they have one of their own. */
describe('the log while its broker is away', () => {
  let broker: KafkaService;
  let log: Log;
  beforeAll(async () => {
    broker = await startKafka();
  }, OUTAGE_TIMEOUT_MS);
  afterAll(() => broker.stop(), OUTAGE_TIMEOUT_MS);
  beforeEach(async () => {
    log = await openKafkaLog({
      brokers: [broker.brokers],
      prefix: `log-test-${randomUUID()}`,
      messageBytesMax: 1024 * 1024,
      clientId: 'log-test',
      appendTimeoutMs: 3_000,
      logger: () => undefined,
    });
    await prepareAll(log);
  }, OUTAGE_TIMEOUT_MS);
  afterEach(() => log.close(), OUTAGE_TIMEOUT_MS);

  it(
    'holds every acknowledged message after the broker was killed, in order, and takes appends and feeds consumers again',
    async () => {
      const acknowledged: { position: Position; value: string }[] = [];
      let refused = 0;
      let stop = false;
      /** Two keys, so that a batch that was dropped for another's repetition would show. */
      const appendAlways = async (key: string): Promise<void> => {
        for (let count = 0; !stop; count += 1) {
          const value = `${key} ${count}`;
          await log.append('events', [message(key, value)]).then(
            ([position]) => acknowledged.push({ position: position as Position, value }),
            (error: unknown) => {
              expect(error).toBeInstanceOf(LogUnavailableError);
              refused += 1;
            },
          );
        }
      };
      const consumer = new RecordingConsumer();
      const consumption = await log.consume({ topics: ['events'], group: 'projector', consumer });
      const appending = Promise.all([appendAlways('left'), appendAlways('right')]);
      await eventually(() => acknowledged.length > 100, { what: 'appends to be acknowledged' });
      await broker.kill();
      await eventually(() => refused >= 2, { what: 'appends to be refused in bounded time', timeoutMs: 20_000 });
      await expect(log.ping()).rejects.toThrow(LogUnavailableError);
      const before = acknowledged.length;
      await broker.restart();
      await eventually(() => acknowledged.length > before + 100, {
        what: 'appends to be acknowledged again',
        timeoutMs: 60_000,
      });
      stop = true;
      await appending;
      await expect(log.ping()).resolves.toBeUndefined();

      for (const { position, value } of acknowledged) expect((await log.read(position))?.value?.toString()).toBe(value);
      for (const key of ['left', 'right']) {
        const offsets = acknowledged
          .filter(({ value }) => value.startsWith(key))
          .map(({ position }) => position.offset as number);
        expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      }
      const total = (await log.ends('events')).reduce((sum, end) => sum + end, 0);
      await eventually(() => consumer.messages.length === total, {
        what: 'the consumer to catch up',
        timeoutMs: 60_000,
      });
      await consumption.stop();
    },
    OUTAGE_TIMEOUT_MS,
  );

  it(
    'refuses appends beyond its bound while the broker holds still, and says that the others may still arrive',
    async () => {
      await log.append('events', [message('a', 'connects')]);
      await broker.pause();
      try {
        const large = Buffer.alloc(1024 * 1024);
        const outcomes = await Promise.allSettled(
          Array.from({ length: 80 }, (_, index) => log.append('events', [message(`key-${index}`, large)])),
        );
        const reasons = outcomes.map((outcome) =>
          outcome.status === 'rejected' ? String(outcome.reason) : 'appended',
        );
        expect(reasons.filter((reason) => reason.includes('wait to be appended')).length).toBeGreaterThanOrEqual(16);
        expect(reasons.filter((reason) => reason.includes('may still reach the log')).length).toBeGreaterThan(0);
        expect(reasons).not.toContain('appended');
      } finally {
        await broker.resume();
      }
      await eventually(() => log.append('events', [message('a', 'after')]).then(() => true), {
        what: 'an append to be acknowledged again',
        timeoutMs: 60_000,
      });
    },
    OUTAGE_TIMEOUT_MS,
  );
});
