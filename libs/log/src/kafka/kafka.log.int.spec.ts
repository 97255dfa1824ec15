import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { offset, topicName, type Position, type RawHeaders } from '@logbook/contracts';
import { LogMismatchError, type Log, type StartPosition } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { describeLogContract, message, prepareAll } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { startBuiltProcess } from '../testing/built-process.js';
import { appendTransactions, deleteRecordsBefore, removeTopics } from '../testing/foreign-client.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';
import { openKafkaLog } from './kafka.log.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
const newPrefix = (): string => `log-test-${randomUUID()}`;
const open = (prefix: string, sessionTimeoutMs = 6_000): Promise<Log> =>
  openKafkaLog({
    brokers,
    prefix,
    messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
    clientId: 'log-test',
    sessionTimeoutMs,
    logger: () => undefined,
  });

const kafka: Kafka = new kafkajs.Kafka({ brokers, clientId: 'log-test-control', logLevel: kafkajs.logLevel.NOTHING });
const admin: Admin = kafka.admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

const CONSUMER = join(__dirname, '../../dist/testing/consume-until-killed.js');

describeLogContract('Kafka', async () => {
  const prefix = newPrefix();
  const log = await open(prefix);
  return {
    log,
    openAnother: () => open(prefix),
    release: async () => {
      await log.close();
      await removeTopics(admin, prefix);
    },
  };
});

describe('the log on Kafka alone', () => {
  let prefix: string;
  let log: Log;
  let opened: Log[];
  async function openAnother(): Promise<Log> {
    const another = await open(prefix);
    opened.push(another);
    return another;
  }
  beforeEach(async () => {
    prefix = newPrefix();
    opened = [];
    log = await openAnother();
    await prepareAll(log);
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await removeTopics(admin, prefix);
  }, CONTRACT_TIMEOUT_MS);

  const controlTopic = (): string => topicName(prefix, 'control');

  const deleteBefore = (at: number): Promise<void> => deleteRecordsBefore(admin, controlTopic(), at);
  const transactions = (outcomes: readonly ('commit' | 'abort')[]): Promise<void> =>
    appendTransactions(kafka, controlTopic(), outcomes);

  it(
    'steps over markers and aborted messages, however many, and hands over every other message once',
    async () => {
      await log.append('control', [message('a', 'before')]);
      await transactions(['commit', 'abort', 'abort', 'commit']);
      await log.append('control', [message('a', 'between')]);
      await transactions(Array.from({ length: 10 }, () => 'abort' as const));
      const consumer = new RecordingConsumer();
      const consumption = await log.consume({ topics: ['control'], consumer, batchMessagesMax: 1 });
      await eventually(() => consumer.messages.length === 4, { what: 'what was there is consumed' });
      await transactions(['abort']);
      await log.append('control', [message('a', 'after')]);
      await eventually(() => consumer.messages.length === 5, { what: 'what came is consumed' });
      await consumption.stop();
      expect(consumer.values()).toEqual(['before', 'commit 0', 'commit 3', 'between', 'after']);
      // A batch begins where the one before ended, holes or not.
      let position = 0;
      for (const batch of consumer.batches) {
        expect(batch.from).toBe(position);
        position = batch.next;
      }
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'goes on from a checkpoint that lies on a marker',
    async () => {
      await log.append('control', [message('a', 'before')]);
      await transactions(['abort']);
      await log.append('control', [message('a', 'after')]);
      const consumer = new RecordingConsumer(new Map([['control[0]', { next: offset(1) }]]));
      const consumption = await log.consume({ topics: ['control'], consumer });
      await eventually(() => consumer.messages.length === 1, { what: 'the rest is consumed' });
      await consumption.stop();
      expect(consumer.values()).toEqual(['after']);
      expect(consumer.batches[0]?.from).toBe(1);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'reads nothing at a marker or an aborted message',
    async () => {
      await transactions(['abort', 'commit']);
      const read = async (at: number) =>
        (await log.read({ topic: 'control', partition: 0, offset: offset(at) }))?.value?.toString();
      expect(await Promise.all([0, 1, 2, 3].map(read))).toEqual([undefined, undefined, 'commit 1', undefined]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it('refuses a header without a value, which its client cannot write, and appends nothing', async () => {
    const headers = { ce_id: null } as unknown as RawHeaders;
    const append = log.append('control', [message('a', 'before'), { key: Buffer.from('a'), headers, value: null }]);
    await expect(append).rejects.toThrow(/message 2 of 2 .*"ce_id" without a value/);
    expect(await log.ends('control')).toEqual([0]);
  });

  it(
    'refuses a checkpoint before the start instead of starting later',
    async () => {
      await log.append(
        'control',
        Array.from({ length: 10 }, (_, index) => message('a', `${index}`)),
      );
      await deleteBefore(5);
      expect(await log.starts('control')).toEqual([5]);
      const position: Position = { topic: 'control', partition: 0, offset: offset(3) };
      await expect(log.read(position)).resolves.toBeUndefined();
      const consumer = new RecordingConsumer(new Map([['control[0]', { next: offset(3) }]]));
      const consumption = await log.consume({ topics: ['control'], group: 'projector', consumer });
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      expect(consumer.messages).toHaveLength(0);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'halts, and does not skip, when what it has not consumed yet is deleted under it',
    async () => {
      await log.append(
        'control',
        Array.from({ length: 10 }, (_, index) => message('a', `${index}`)),
      );
      const consumer = new RecordingConsumer();
      let proceed = (): void => undefined;
      const gate = new Promise<void>((resolve) => (proceed = resolve));
      consumer.before = async () => {
        await gate;
        return 'CONSUMED';
      };
      const consumption = await log.consume({ topics: ['control'], consumer, batchMessagesMax: 2 });
      await eventually(() => consumer.asked.length === 1, { what: 'delivery has begun' });
      await log.append(
        'control',
        Array.from({ length: 10 }, (_, index) => message('a', `${10 + index}`)),
      );
      await deleteBefore(15);
      proceed();
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      expect(consumer.values()).not.toContain('15');
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses a topic that is configured otherwise, naming it, the setting and the command',
    async () => {
      await admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: controlTopic(),
            configEntries: [{ name: 'retention.ms', value: '604800000' }],
          },
        ],
      });
      const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: controlTopic(), configNames: ['retention.ms'] };
      const retention = async () => {
        const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
        return resources[0]?.configEntries[0]?.configValue;
      };
      await eventually(async () => (await retention()) === '604800000', { what: 'the broker to apply the setting' });
      const another = await openAnother();
      const refused = another.prepare({ topics: ['control'], partitions: CONTRACT_PARTITIONS });
      await expect(refused).rejects.toThrow(LogMismatchError);
      await expect(refused).rejects.toThrow(/retention\.ms is 604800000, wanted -1.*kafka-configs\.sh/);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'gives the partitions of a member that was killed to another, which goes on from the checkpoints',
    async () => {
      const sessionTimeoutMs = 6_000;
      const consumed = new Set<string>();
      const child = startBuiltProcess(CONSUMER, {
        args: [brokers.join(','), prefix, String(sessionTimeoutMs)],
        onLine: (line) => consumed.add(line),
      });
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
      const early = await log.append(
        'events',
        keys.map((key) => message(key, `${key} early`)),
      );
      await eventually(() => consumed.size === early.length, {
        what: 'the child to consume everything',
        timeoutMs: 30_000,
      });
      const checkpoints = new Map(
        (await log.ends('events')).map((end, partition) => [`events[${partition}]`, { next: end }] as const),
      );
      const survivor = new RecordingConsumer(checkpoints);
      const consumption = await log.consume({ topics: ['events'], group: 'projector', consumer: survivor });
      await eventually(() => consumption.assignment().length === 2, { what: 'both to share', timeoutMs: 30_000 });
      await child.kill();
      await log.append(
        'events',
        keys.map((key) => message(key, `${key} late`)),
      );
      await eventually(() => survivor.messages.length === keys.length, {
        what: 'the survivor to take over',
        timeoutMs: 30_000,
      });
      expect(consumption.assignment()).toHaveLength(4);
      expect(survivor.values().sort()).toEqual(keys.map((key) => `${key} late`).sort());
    },
    2 * CONTRACT_TIMEOUT_MS,
  );

  it(
    'shares partitions within a group, and takes over from the checkpoints of a member that left',
    async () => {
      const another = await openAnother();
      await prepareAll(another);
      const checkpoints = new Map<string, StartPosition>();
      const consumers = [new RecordingConsumer(checkpoints), new RecordingConsumer(checkpoints)] as const;
      for (const consumer of consumers) consumer.shared = true;
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
      await log.append(
        'events',
        keys.map((key) => message(key, `${key} early`)),
      );
      const first = await log.consume({ topics: ['events'], group: 'projector', consumer: consumers[0] });
      const second = await another.consume({ topics: ['events'], group: 'projector', consumer: consumers[1] });
      await eventually(() => first.assignment().length === 2 && second.assignment().length === 2, {
        what: 'both hold partitions',
      });
      expect(consumers[0].lost).toHaveLength(2);
      await second.stop();
      await log.append(
        'events',
        keys.map((key) => message(key, `${key} late`)),
      );
      await eventually(() => first.assignment().length === 4, { what: 'the first holds all partitions' });
      const values = () => [...consumers[0].values(), ...consumers[1].values()];
      await eventually(() => values().length >= 80, { what: 'everything is consumed' });
      expect(values().sort()).toEqual(keys.flatMap((key) => [`${key} early`, `${key} late`]).sort());
      await first.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );
});
