/**
 * The floor under every rebuild: kafkajs alone reads a topic and counts its messages.
 * Usage: bare-consume.program.js <brokers> <topic> <messages>
 */
import kafkajs from 'kafkajs';
import { registerLz4 } from '../kafkajs-lz4.js';

const { Kafka, logLevel } = kafkajs;

const [brokers = '', topic = '', total = '0'] = process.argv.slice(2);
registerLz4();
const consumer = new Kafka({ brokers: brokers.split(','), clientId: 'bench-bare', logLevel: logLevel.ERROR }).consumer({
  groupId: `${topic}-bare-${process.pid}`,
});
process.stdout.write('begins\n');
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
let counted = 0;
await new Promise<void>((resolve, reject) => {
  consumer
    .run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        if (counted === 0) process.stdout.write('first\n');
        counted += batch.messages.length;
        if (counted >= Number(total)) resolve();
        return Promise.resolve();
      },
    })
    .catch(reject);
});
process.stdout.write(`counted ${counted}\n`);
await consumer.disconnect();
