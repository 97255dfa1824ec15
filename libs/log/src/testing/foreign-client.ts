import { randomUUID } from 'node:crypto';
import type { Admin, Kafka } from 'kafkajs';

/** What other programs do to a topic on a broker, and we never do. */

/** Appends one message a transaction; they leave markers, and aborted messages, at offsets that hold nothing for us. */
export async function appendTransactions(
  kafka: Kafka,
  topic: string,
  outcomes: readonly ('commit' | 'abort')[],
): Promise<void> {
  const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const [index, outcome] of outcomes.entries()) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ key: 'a', value: `${outcome} ${index}` }] });
    await transaction[outcome]();
  }
  await producer.disconnect();
}

/** Deletes the records of partition 0 before an offset. */
export async function deleteRecordsBefore(admin: Admin, topic: string, at: number): Promise<void> {
  // Until it was asked about a topic, this client does not know who leads it.
  await admin.fetchTopicOffsets(topic);
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(at) }] });
}

export async function removeTopics(admin: Admin, prefix: string): Promise<void> {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(`${prefix}.`));
  if (topics.length > 0) await admin.deleteTopics({ topics });
}
