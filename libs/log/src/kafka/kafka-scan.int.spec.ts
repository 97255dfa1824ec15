import { randomBytes, randomUUID } from 'node:crypto';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { offset, topicName } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { message, prepareAll } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { appendTransactions, deleteRecordsBefore, removeTopics } from '../testing/foreign-client.js';
import { scanned, valuesOf } from '../testing/scanning.contract.js';
import { openKafkaLog } from './kafka.log.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');

describe('scanning a log on Kafka alone', () => {
  const kafka: Kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin: Admin = kafka.admin();
  let prefix: string;
  let log: Log;
  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());
  beforeEach(async () => {
    prefix = `scan-test-${randomUUID()}`;
    log = await openKafkaLog({
      brokers,
      prefix,
      messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
      clientId: 'scan-test',
      logger: () => undefined,
    });
    await prepareAll(log);
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    await log.close();
    await removeTopics(admin, prefix);
  }, CONTRACT_TIMEOUT_MS);

  const controlTopic = (): string => topicName(prefix, 'control');

  it(
    'scans past markers and aborted messages, however many, and from and up to one',
    async () => {
      await log.append('control', [message('a', 'before')]);
      await appendTransactions(kafka, controlTopic(), ['commit', 'abort', 'abort', 'commit']);
      await log.append('control', [message('a', 'between')]);
      await appendTransactions(
        kafka,
        controlTopic(),
        Array.from({ length: 10 }, () => 'abort' as const),
      );
      const [end = offset(0)] = await log.ends('control');
      const scan = (from: number, to: number, batchMessagesMax = 1_000) =>
        scanned(log, { topic: 'control', partition: 0, from: offset(from), to: offset(to), batchMessagesMax });
      expect(valuesOf(await scan(0, end))).toEqual(['before', 'commit 0', 'commit 3', 'between']);
      expect(valuesOf(await scan(0, end, 1))).toEqual(['before', 'commit 0', 'commit 3', 'between']);
      // 2 is the marker of the first transaction; 3 to 6 are aborted messages and theirs.
      expect(valuesOf(await scan(2, 7))).toEqual([]);
      expect(valuesOf(await scan(2, 8))).toEqual(['commit 3']);
      expect((await scan(2, 8))[0]?.from).toBe(2);
      expect(valuesOf(await scan(10, end))).toEqual([]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses to scan what was deleted, also under a scan that has begun',
    async () => {
      const values = Array.from({ length: 40 }, () => randomBytes(512 * 1024).toString('base64'));
      for (const value of values) await log.append('control', [message('a', value)]);
      const scan = log.scan({ topic: 'control', partition: 0, from: offset(0), to: offset(40), batchMessagesMax: 1 });
      const seen: string[] = [];
      const scanning = (async () => {
        for await (const batch of scan) {
          seen.push(...valuesOf([batch]));
          if (seen.length === 1) await deleteRecordsBefore(admin, controlTopic(), 39);
        }
      })();
      await expect(scanning).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      // What was fetched before is still handed over, in order; nothing behind the deleted is.
      expect(seen.every((value, index) => value === values[index])).toBe(true);
      expect(seen.length).toBeLessThan(39);
      await expect(
        scanned(log, { topic: 'control', partition: 0, from: offset(38), to: offset(40) }),
      ).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      const rest = await scanned(log, { topic: 'control', partition: 0, from: offset(39), to: offset(40) });
      expect(valuesOf(rest)).toEqual([values[39]]);
    },
    CONTRACT_TIMEOUT_MS,
  );
});
