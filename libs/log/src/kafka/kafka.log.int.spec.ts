import kafkajs from 'kafkajs';
import { offset, type Position } from '@logbook/contracts';
import { LogMismatchError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { describeLogContract, message, prepareAll } from '../log.contract.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { KafkaUnderTest } from '../testing/kafka-under-test.contract.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';

const contract = KafkaUnderTest.use();

describeLogContract('Kafka', async () => {
  contract.begin();
  return { log: await contract.open(), openAnother: () => contract.open(), release: () => contract.end() };
});

describe('the log on Kafka alone', () => {
  const kafka = KafkaUnderTest.use(prepareAll);

  it(
    'reads nothing at a marker or an aborted message',
    async () => {
      await kafka.transactions(['abort', 'commit']);
      const read = async (at: number) =>
        (await kafka.log.read({ topic: 'control', partition: 0, offset: offset(at) }))?.value?.toString();
      expect(await Promise.all([0, 1, 2, 3].map(read))).toEqual([undefined, undefined, 'commit 1', undefined]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses a checkpoint before the start instead of starting later',
    async () => {
      await kafka.log.append(
        'control',
        Array.from({ length: 10 }, (_, index) => message('a', `${index}`)),
      );
      await kafka.deleteBefore(5);
      expect(await kafka.log.starts('control')).toEqual([5]);
      const position: Position = { topic: 'control', partition: 0, offset: offset(3) };
      await expect(kafka.log.read(position)).resolves.toBeUndefined();
      const consumer = new RecordingConsumer(new Map([['control[0]', { next: offset(3) }]]));
      const consumption = await kafka.log.consume({ topics: ['control'], group: 'projector', consumer });
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      expect(consumer.messages).toHaveLength(0);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'refuses a topic that is configured otherwise, naming it, the setting and the command',
    async () => {
      await kafka.admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: kafka.controlTopic,
            configEntries: [{ name: 'retention.ms', value: '604800000' }],
          },
        ],
      });
      const resource = {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: kafka.controlTopic,
        configNames: ['retention.ms'],
      };
      const retention = async () => {
        const { resources } = await kafka.admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
        return resources[0]?.configEntries[0]?.configValue;
      };
      await eventually(async () => (await retention()) === '604800000', { what: 'the broker to apply the setting' });
      const another = await kafka.open();
      const refused = another.prepare({ topics: ['control'], partitions: CONTRACT_PARTITIONS });
      await expect(refused).rejects.toThrow(LogMismatchError);
      await expect(refused).rejects.toThrow(/retention\.ms is 604800000, wanted -1.*kafka-configs\.sh/);
    },
    CONTRACT_TIMEOUT_MS,
  );
});
