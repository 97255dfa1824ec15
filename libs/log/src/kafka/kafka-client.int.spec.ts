import { randomUUID } from 'node:crypto';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { removeTopics } from '../testing/foreign-client.js';
import { createKafkaClient } from './kafka-client.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');

describe('the Kafka client', () => {
  it(
    'says what a broker refuses where somebody looks for it, not as an error of this process',
    async () => {
      const said: { readonly level: string; readonly message: string }[] = [];
      const prefix = `log-test-${randomUUID()}`;
      const kafka = createKafkaClient({
        brokers,
        prefix,
        messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
        clientId: 'log-test',
        logger: (level, message) => void said.push({ level, message }),
      });
      const admin = kafka.admin();
      await admin.connect();
      const topics = [{ topic: `${prefix}.twice`, numPartitions: 1, replicationFactor: 1 }];
      expect(await admin.createTopics({ topics, waitForLeaders: false })).toBe(true);
      expect(await admin.createTopics({ topics, waitForLeaders: false })).toBe(false);
      await removeTopics(admin, prefix);
      await admin.disconnect();
      const refusals = said.filter(({ message }) => message.startsWith('kafkajs: Response CreateTopics'));
      expect(refusals.map(({ level }) => level)).toEqual(['debug']);
      expect(said.filter(({ level }) => level === 'error')).toEqual([]);
    },
    CONTRACT_TIMEOUT_MS,
  );
});
