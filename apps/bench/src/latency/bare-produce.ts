import kafkajs, { type Producer } from 'kafkajs';

const { Kafka, logLevel } = kafkajs;
const TOPIC = 'bench.bare';
const ACKS_ALL = -1;

/** The floor under every append: kafkajs alone sends the same bytes, one message a request, acknowledged by all. */
export class BareProduce {
  private constructor(private readonly producer: Producer) {}

  static async open(brokers: string): Promise<BareProduce> {
    // Only while the topic is new does a send fail and is tried again; one that fails for good rejects.
    const kafka = new Kafka({ brokers: [brokers], clientId: 'bench-bare', logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: TOPIC, numPartitions: 12, replicationFactor: 1 }],
    });
    await admin.disconnect();
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    const produce = new BareProduce(producer);
    // Alone: of several first sends, each of which opens the leader's connection, kafkajs can leave one without an answer.
    await produce.send(Buffer.from('warm'));
    return produce;
  }

  async send(value: Buffer): Promise<void> {
    await this.producer.send({ topic: TOPIC, acks: ACKS_ALL, messages: [{ key: 'bench', value }] });
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}
