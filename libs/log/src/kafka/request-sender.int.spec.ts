import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { LogUnavailableError, MessageTooLargeError, type Log } from '@logbook/core';
import { message, prepareAll } from '../log.contract.js';
import { CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { removeTopics } from '../testing/foreign-client.js';
import { LossyNetwork } from '../testing/lossy-network.js';
import type { PartitionRecords, SendOutcome } from './append-queue.js';
import { openKafkaLog } from './kafka.log.js';
import { encodeRecord } from './record-writer.js';
import { RequestSender } from './request-sender.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
const MESSAGE_BYTES_MAX = 256 * 1024;
const APPEND_TIMEOUT_MS = 2_000;

describe('the sender of produce requests', () => {
  let prefix: string;
  let log: Log;
  let network: LossyNetwork;
  let sender: RequestSender;
  beforeEach(async () => {
    prefix = `log-test-${randomUUID()}`;
    log = await openKafkaLog({
      brokers,
      prefix,
      messageBytesMax: MESSAGE_BYTES_MAX,
      clientId: 'log-test',
      logger: () => undefined,
    });
    await prepareAll(log);
    network = new LossyNetwork();
    const kafka = new kafkajs.Kafka({
      brokers,
      clientId: 'log-test-sender',
      logLevel: kafkajs.logLevel.NOTHING,
      socketFactory: network.socketFactory,
    });
    sender = new RequestSender({ kafka, prefix, appendTimeoutMs: APPEND_TIMEOUT_MS });
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    network.heal();
    await Promise.all([sender.close(), log.close()]);
    const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await removeTopics(admin, prefix);
    await admin.disconnect();
  }, CONTRACT_TIMEOUT_MS);

  const batch = (partition: number, values: readonly string[]): PartitionRecords => ({
    topic: 'events',
    partition,
    records: values.map((value) => encodeRecord(message('a', value))),
  });

  async function send(...batches: PartitionRecords[]): Promise<SendOutcome[]> {
    const outcomes: SendOutcome[] = [];
    await sender.send(batches, (place, outcome) => (outcomes[place] = outcome));
    return outcomes;
  }
  const acknowledgedAt = (baseOffset: number) => ({ kind: 'ACKNOWLEDGED', baseOffset });

  it('has a batch in the log once, at its first offset, however often its answer was lost', async () => {
    expect(await send(batch(0, ['before']))).toEqual([acknowledgedAt(0)]);
    network.lose('ANSWERS', 1);
    expect(await send(batch(0, ['one', 'two']), batch(1, ['three']))).toEqual([acknowledgedAt(1), acknowledgedAt(0)]);
    expect(network.losses).toBe(1);
    expect(await send(batch(0, ['four', 'five']))).toEqual([acknowledgedAt(3)]);
    expect(await log.ends('events')).toEqual([5, 1, 0, 0]);
  });

  it.each(['ANSWERS', 'EVERYTHING'] as const)(
    'appends the next batch, of as many messages, after one that failed because of lost %s',
    async (what) => {
      await send(batch(0, ['before']));
      network.lose(what, Number.POSITIVE_INFINITY);
      const [failed] = await send(batch(0, ['lost']));
      expect(failed).toMatchObject({ kind: 'NOT_ACKNOWLEDGED', error: expect.any(LogUnavailableError) });
      network.heal();
      const inLog = what === 'ANSWERS' ? 2 : 1;
      expect(await log.ends('events')).toEqual([inLog, 0, 0, 0]);
      expect(await send(batch(0, ['next']))).toEqual([acknowledgedAt(inLog)]);
      expect(await log.ends('events')).toEqual([inLog + 1, 0, 0, 0]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it('acknowledges what one partition took although another refused its batch', async () => {
    const large = 'x'.repeat(1.5 * MESSAGE_BYTES_MAX);
    const [small, alone] = await send(batch(0, ['small']), batch(1, [large]));
    expect(small).toEqual(acknowledgedAt(0));
    // What shrinks too much travels uncompressed, and is over the topic's limit.
    expect(alone).toMatchObject({ kind: 'NOT_ACKNOWLEDGED', error: expect.any(MessageTooLargeError) });
    const [together] = await send(batch(1, [large, 'small']));
    expect(together).toMatchObject({ kind: 'NOT_ACKNOWLEDGED', error: expect.any(LogUnavailableError) });
    expect(await send(batch(0, ['after']), batch(1, ['after']))).toEqual([acknowledgedAt(1), acknowledgedAt(0)]);
  });

  it('gives up a partition that nobody leads in bounded time, and acknowledges the others at once', async () => {
    let settled = 0;
    const outcomes: SendOutcome[] = [];
    const order: number[] = [];
    await sender.send([batch(99, ['nowhere']), batch(0, ['there'])], (place, outcome) => {
      outcomes[place] = outcome;
      order[settled] = place;
      settled += 1;
    });
    expect(order).toEqual([1, 0]);
    expect(outcomes[1]).toEqual(acknowledgedAt(0));
    expect(outcomes[0]).toMatchObject({ kind: 'NOT_ACKNOWLEDGED', error: expect.any(LogUnavailableError) });
  });
});
