import { randomUUID } from 'node:crypto';
import kafkajs, { type Consumer, type ConsumerConfig, type Kafka } from 'kafkajs';
import { type Log, LogUnavailableError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { prepareAll } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { removeTopics } from '../testing/foreign-client.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';
import type { GroupPlaces } from './group-places.js';
import { KafkaConsumption } from './kafka.consumption.js';
import { openKafkaLog } from './kafka.log.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
const kafka: Kafka = new kafkajs.Kafka({ brokers, clientId: 'log-test', logLevel: kafkajs.logLevel.NOTHING });
const HEARTBEAT_MS = 300;
/** All looks together are several heartbeats long. */
const MEMBERSHIP = { intervalMs: HEARTBEAT_MS, silentLooksMax: 4 };

describe('a membership of a Kafka group', () => {
  let prefix: string;
  let log: Log;
  let client: Consumer;
  let beats: number;
  let asked: number;
  let answer: () => Promise<void>;
  let consumption: KafkaConsumption;

  beforeEach(async () => {
    prefix = `log-test-${randomUUID()}`;
    log = await openKafkaLog({
      brokers,
      prefix,
      messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
      clientId: 'log-test',
      logger: () => undefined,
    });
    await prepareAll(log);
    beats = 0;
    // The real client, which the test holds as well.
    const held = Object.assign(Object.create(kafka) as Kafka, {
      consumer: (config: ConsumerConfig) => {
        const made = kafka.consumer(
          config.groupId === `${prefix}-group` ? { ...config, heartbeatInterval: HEARTBEAT_MS } : config,
        );
        if (config.groupId === `${prefix}-group`) {
          client = made;
          made.on(made.events.HEARTBEAT, () => (beats += 1));
        }
        return made;
      },
    });
    asked = 0;
    answer = () => Promise.resolve();
    consumption = new KafkaConsumption({
      kafka: held,
      prefix,
      group: 'group',
      sessionTimeoutMs: 6_000,
      consume: { topics: ['events'], consumer: new RecordingConsumer() },
      logger: undefined,
      viewOf: (place) => {
        // The watch names a place; who agrees where to begin, again after each rebalance, has the partition in hand.
        const isWatch = !('signal' in place);
        return {
          bounds: async () => {
            if (isWatch) {
              asked += 1;
              await answer();
            }
            return {
              start: (await log.starts(place.topic))[place.partition]!,
              end: (await log.ends(place.topic))[place.partition]!,
            };
          },
          read: (offset) => log.read({ ...place, offset }),
        };
      },
      places: { committed: () => Promise.resolve(undefined) } as unknown as GroupPlaces,
      watch: MEMBERSHIP,
      released: () => undefined,
    });
    await consumption.start();
    await eventually(() => consumption.assignment().length > 0, { what: 'the member to begin' });
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    await consumption.stop();
    await log.close();
    const admin = kafka.admin();
    await admin.connect();
    await removeTopics(admin, prefix);
    await admin.disconnect();
  }, CONTRACT_TIMEOUT_MS);

  it(
    'that beats is left alone, and one that ceases without a word halts the consumption',
    async () => {
      await eventually(() => beats > 3 * MEMBERSHIP.silentLooksMax, { what: 'many heartbeats' });
      expect(asked).toBe(0);
      await client.stop();
      await expect(consumption.ended).rejects.toMatchObject({
        reason: 'STALLED',
        message: expect.stringContaining(
          `${prefix}.events is no member of its group any more, though the brokers answer`,
        ),
      });
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'is not given up while no broker answers',
    async () => {
      answer = () => Promise.reject(new LogUnavailableError('no broker answers'));
      let ended = false;
      consumption.ended.catch(() => (ended = true));
      await eventually(() => beats > 0, { what: 'a heartbeat' });
      await client.stop();
      await eventually(() => asked >= 3, { what: 'the brokers to be asked again and again' });
      expect(ended).toBe(false);
      answer = () => Promise.resolve();
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'STALLED' });
    },
    CONTRACT_TIMEOUT_MS,
  );
});
