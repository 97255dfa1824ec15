import { offset, partitionOfKey, topicName } from '@logbook/contracts';
import { eventually } from '@logbook/testing';
import { message, prepareAll } from '../log.contract.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { KafkaUnderTest } from '../testing/kafka-under-test.contract.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';

describe('the feed of changes on Kafka alone', () => {
  const kafka = KafkaUnderTest.use(async (log) => {
    await prepareAll(log);
    await log.prepare({ topics: ['changes'], partitions: CONTRACT_PARTITIONS });
  });

  it(
    'ends the transaction that a projector died or froze in: what it sent is never seen, and it can commit no more',
    async () => {
      const zombie = kafka.kafka.producer({
        transactionalId: `${kafka.prefix}-changes-0`,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await zombie.connect();
      const topic = topicName(kafka.prefix, 'changes');
      const partition = partitionOfKey('a', CONTRACT_PARTITIONS.commands);
      const transaction = await zombie.transaction();
      await transaction.send({ topic, messages: [{ key: 'a', value: 'old', partition }] });
      const topics = [{ topic: topicName(kafka.prefix, 'commands'), partitions: [{ partition: 0, offset: '99' }] }];
      const sendOffsets = () => transaction.sendOffsets({ consumerGroupId: `${kafka.prefix}-changes`, topics });
      await eventually(sendOffsets, { what: 'the coordinator of the group to take an offset' });

      const feed = await kafka.log.openFeed(0);
      expect(feed.place.next).toBe(0);
      await expect(feed.publish([message('a', 'new')], { next: offset(1), asOf: offset(1) })).resolves.toBe(
        'PUBLISHED',
      );
      await expect(transaction.commit()).rejects.toThrow();
      await zombie.disconnect();

      expect((await kafka.log.feedPlace(0)).next).toBe(1);
      const to = (await kafka.log.ends('changes'))[partition]!;
      const seen: (string | undefined)[] = [];
      for await (const { messages } of kafka.log.scan({ topic: 'changes', partition, from: offset(0), to })) {
        seen.push(...messages.map(({ value }) => value?.toString()));
      }
      expect(seen).toEqual(['new']);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'lets a reader go on whose last message a later one of its key has replaced',
    async () => {
      const feed = await kafka.log.openFeed(0);
      await feed.publish([message('a', 'new')], { next: offset(1), asOf: offset(1) });
      await feed.close();
      const partition = partitionOfKey('a', CONTRACT_PARTITIONS.commands);
      // Nothing is at the marker of the transaction either; compaction runs when the broker likes.
      const last = { offset: offset(1), sha256: Buffer.alloc(32) };
      const consumer = new RecordingConsumer(new Map([[`changes[${partition}]`, { next: offset(2), last }]]));
      const consumption = await kafka.log.consume({ topics: ['changes'], group: 'reader', consumer });
      const again = await kafka.log.openFeed(0);
      await again.publish([message('a', 'newer')], { next: offset(2), asOf: offset(2) });
      await eventually(() => consumer.messages.length === 1, { what: 'the next message' });
      expect(consumer.messages[0]?.value?.toString()).toBe('newer');
      await consumption.stop();
      await again.close();
    },
    CONTRACT_TIMEOUT_MS,
  );
});
