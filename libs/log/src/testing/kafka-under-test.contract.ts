import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { topicName } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_TIMEOUT_MS } from './contract-settings.js';
import { appendTransactions, deleteRecordsBefore, removeTopics } from './foreign-client.js';

/** The broker of the tests, a foreign client of it, and for every test a log with topics of its own. */
export class KafkaUnderTest {
  readonly brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
  readonly kafka: Kafka = new kafkajs.Kafka({
    brokers: this.brokers,
    clientId: 'log-test-control',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  readonly admin: Admin = this.kafka.admin();
  prefix = '';
  private opened: Log[] = [];

  /** Connects the foreign client for the tests of a file; with `prepare`, opens and prepares a log before each. */
  static use(prepare?: (log: Log) => Promise<void>): KafkaUnderTest {
    const under = new KafkaUnderTest();
    beforeAll(() => under.admin.connect());
    afterAll(() => under.admin.disconnect());
    if (prepare !== undefined) {
      beforeEach(async () => {
        under.begin();
        await prepare(await under.open());
      }, CONTRACT_TIMEOUT_MS);
      afterEach(() => under.end(), CONTRACT_TIMEOUT_MS);
    }
    return under;
  }

  /** The first log that was opened for this test. */
  get log(): Log {
    const [log] = this.opened;
    if (log === undefined) throw new Error('no log was opened');
    return log;
  }

  begin(): void {
    this.prefix = `log-test-${randomUUID()}`;
    this.opened = [];
  }

  async open(): Promise<Log> {
    const log = await openKafkaLog({
      brokers: this.brokers,
      prefix: this.prefix,
      messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
      clientId: 'log-test',
      sessionTimeoutMs: 6_000,
      logger: () => undefined,
    });
    this.opened.push(log);
    return log;
  }

  async end(): Promise<void> {
    await Promise.all(this.opened.map((each) => each.close()));
    await removeTopics(this.admin, this.prefix);
  }

  get controlTopic(): string {
    return topicName(this.prefix, 'control');
  }

  deleteBefore(at: number): Promise<void> {
    return deleteRecordsBefore(this.admin, this.controlTopic, at);
  }

  transactions(outcomes: readonly ('commit' | 'abort')[]): Promise<void> {
    return appendTransactions(this.kafka, this.controlTopic, outcomes);
  }
}
