import { readTestServices } from '@logbook/config';
import kafkajs, { type Admin } from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** Does to topics what an operator can do with the broker's own tools, and Logbook never does. */
export async function asOperatorOfBrokers<T>(action: (admin: Admin) => Promise<T>): Promise<T> {
  const brokers = readTestServices().kafkaBrokers.split(',');
  const admin = new Kafka({ clientId: 'operator', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}
