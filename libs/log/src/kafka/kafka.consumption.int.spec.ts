import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { offset, partitionOfKey } from '@logbook/contracts';
import type { StartPosition } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { message, prepareAll } from '../log.contract.js';
import { startBuiltProcess } from '../testing/built-process.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { KafkaUnderTest } from '../testing/kafka-under-test.contract.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';

const CONSUMER = join(__dirname, '../../dist/testing/consume-until-killed.js');

/** Nothing compresses it. */
const bulk = (key: string, bytes: number) => message(key, randomBytes(bytes));

/** By partition of `events`, a key that lies in it. */
function keysOfEachPartition(): string[] {
  const keys: string[] = [];
  for (let number = 0; Object.keys(keys).length < CONTRACT_PARTITIONS.events; number += 1) {
    keys[partitionOfKey(`key-${number}`, CONTRACT_PARTITIONS.events)] ??= `key-${number}`;
  }
  return keys;
}

describe('consuming from Kafka', () => {
  const kafka = KafkaUnderTest.use(prepareAll);

  it(
    'steps over markers and aborted messages, however many, and hands over every other message once',
    async () => {
      await kafka.log.append('control', [message('a', 'before')]);
      await kafka.transactions(['commit', 'abort', 'abort', 'commit']);
      await kafka.log.append('control', [message('a', 'between')]);
      await kafka.transactions(Array.from({ length: 10 }, () => 'abort' as const));
      const consumer = new RecordingConsumer();
      const consumption = await kafka.log.consume({ topics: ['control'], consumer, batchMessagesMax: 1 });
      await eventually(() => consumer.messages.length === 4, { what: 'what was there is consumed' });
      await kafka.transactions(['abort']);
      await kafka.log.append('control', [message('a', 'after')]);
      await eventually(() => consumer.messages.length === 5, { what: 'what came is consumed' });
      await consumption.stop();
      expect(consumer.values()).toEqual(['before', 'commit 0', 'commit 3', 'between', 'after']);
      // A batch begins where the one before ended, holes or not.
      let position = 0;
      for (const batch of consumer.batches) {
        expect(batch.from).toBe(position);
        position = batch.next;
      }
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'goes on from a checkpoint that lies on a marker',
    async () => {
      await kafka.log.append('control', [message('a', 'before')]);
      await kafka.transactions(['abort']);
      await kafka.log.append('control', [message('a', 'after')]);
      const consumer = new RecordingConsumer(new Map([['control[0]', { next: offset(1) }]]));
      const consumption = await kafka.log.consume({ topics: ['control'], consumer });
      await eventually(() => consumer.messages.length === 1, { what: 'the rest is consumed' });
      await consumption.stop();
      expect(consumer.values()).toEqual(['after']);
      expect(consumer.batches[0]?.from).toBe(1);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'halts, and does not skip, when what it has not fetched yet is deleted under it',
    async () => {
      // More than is fetched ahead of a consumer.
      const count = 48;
      for (let index = 0; index < count; index += 1) await kafka.log.append('control', [bulk('a', 512 * 1024)]);
      const consumer = new RecordingConsumer();
      let proceed = (): void => undefined;
      const gate = new Promise<void>((resolve) => (proceed = resolve));
      consumer.before = async () => {
        await gate;
        return 'CONSUMED';
      };
      const consumption = await kafka.log.consume({ topics: ['control'], consumer });
      await eventually(() => consumer.asked.length === 1, { what: 'delivery has begun' });
      await kafka.deleteBefore(count - 1);
      proceed();
      await expect(consumption.ended).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
      const offsets = consumer.messages.map((each) => each.offset);
      expect(offsets).toEqual(offsets.map((_, index) => index));
      expect(offsets.length).toBeLessThan(count);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'leaves no partition behind while others have a backlog, also where its next batch is larger than a fetch',
    async () => {
      const keys = keysOfEachPartition();
      const backlog = 96;
      for (let round = 0; round < backlog; round += 1) {
        await Promise.all(keys.map((key) => kafka.log.append('events', [bulk(key, 64 * 1024)])));
        if (round === 4) await Promise.all(keys.map((key) => kafka.log.append('events', [bulk(key, 900 * 1024)])));
      }
      const consumer = new RecordingConsumer();
      const consumption = await kafka.log.consume({ topics: ['events'], consumer });
      const consumed = (): number[] =>
        keys.map((_, index) => consumer.messages.filter(({ partition }) => partition === index).length);
      let whenTheFirstWasDone: number[] | undefined;
      consumer.before = async () => {
        if (consumed().some((each) => each === backlog + 1)) whenTheFirstWasDone ??= consumed();
        return 'CONSUMED';
      };
      await eventually(() => consumer.messages.length === keys.length * (backlog + 1), {
        what: 'everything is consumed',
        timeoutMs: CONTRACT_TIMEOUT_MS / 2,
      });
      await consumption.stop();
      expect(Math.min(...(whenTheFirstWasDone ?? []))).toBeGreaterThan(backlog / 4);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'gives the partitions of a member that was killed to another, which goes on from the checkpoints',
    async () => {
      const sessionTimeoutMs = 6_000;
      const consumed = new Set<string>();
      const child = startBuiltProcess(CONSUMER, {
        args: [kafka.brokers.join(','), kafka.prefix, String(sessionTimeoutMs)],
        onLine: (line) => consumed.add(line),
      });
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
      const early = await kafka.log.append(
        'events',
        keys.map((key) => message(key, `${key} early`)),
      );
      await eventually(() => consumed.size === early.length, {
        what: 'the child to consume everything',
        timeoutMs: 30_000,
      });
      const checkpoints = new Map(
        (await kafka.log.ends('events')).map((end, partition) => [`events[${partition}]`, { next: end }] as const),
      );
      const survivor = new RecordingConsumer(checkpoints);
      const consumption = await kafka.log.consume({ topics: ['events'], group: 'projector', consumer: survivor });
      await eventually(() => consumption.assignment().length === 2, { what: 'both to share', timeoutMs: 30_000 });
      await child.kill();
      await kafka.log.append(
        'events',
        keys.map((key) => message(key, `${key} late`)),
      );
      await eventually(() => survivor.messages.length === keys.length, {
        what: 'the survivor to take over',
        timeoutMs: 30_000,
      });
      expect(consumption.assignment()).toHaveLength(4);
      expect(survivor.values().sort()).toEqual(keys.map((key) => `${key} late`).sort());
    },
    2 * CONTRACT_TIMEOUT_MS,
  );

  it(
    'shares partitions within a group, and takes over from the checkpoints of a member that left',
    async () => {
      const another = await kafka.open();
      await prepareAll(another);
      const checkpoints = new Map<string, StartPosition>();
      const consumers = [new RecordingConsumer(checkpoints), new RecordingConsumer(checkpoints)] as const;
      for (const consumer of consumers) consumer.shared = true;
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
      await kafka.log.append(
        'events',
        keys.map((key) => message(key, `${key} early`)),
      );
      const first = await kafka.log.consume({ topics: ['events'], group: 'projector', consumer: consumers[0] });
      const second = await another.consume({ topics: ['events'], group: 'projector', consumer: consumers[1] });
      await eventually(() => first.assignment().length === 2 && second.assignment().length === 2, {
        what: 'both hold partitions',
      });
      expect(consumers[0].lost).toHaveLength(2);
      await second.stop();
      await kafka.log.append(
        'events',
        keys.map((key) => message(key, `${key} late`)),
      );
      await eventually(() => first.assignment().length === 4, { what: 'the first holds all partitions' });
      const values = () => [...consumers[0].values(), ...consumers[1].values()];
      await eventually(() => values().length >= 80, { what: 'everything is consumed' });
      expect(values().sort()).toEqual(keys.flatMap((key) => [`${key} early`, `${key} late`]).sort());
      await first.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );
});
