/**
 * A process for tests of groups: consumes `events` in the group `projector` from offset 0 and prints the partition
 * and offset of every message, until it is killed. Arguments: brokers, prefix, session time-out in milliseconds.
 */
import { openKafkaLog } from '../kafka/kafka.log.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_PARTITIONS } from './contract-settings.js';
import { RecordingConsumer } from './recording-consumer.js';

const [brokers = '', prefix = '', sessionTimeoutMs = ''] = process.argv.slice(2);
const log = await openKafkaLog({
  brokers: brokers.split(','),
  prefix,
  messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
  clientId: 'log-test-child',
  sessionTimeoutMs: Number(sessionTimeoutMs),
  // Rebalances, which the tests cause, are errors to kafkajs.
  logger: () => undefined,
});
await log.prepare({ topics: ['events'], partitions: CONTRACT_PARTITIONS });
const consumer = new RecordingConsumer();
consumer.before = async ({ partition, messages }) => {
  for (const { offset } of messages) process.stdout.write(`${partition} ${offset}\n`);
  return 'CONSUMED';
};
const consumption = await log.consume({ topics: ['events'], group: 'projector', consumer });
await consumption.ended;
