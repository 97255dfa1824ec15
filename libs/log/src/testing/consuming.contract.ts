import { offset } from '@logbook/contracts';
import { DependencyUnavailableError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_TIMEOUT_MS } from './contract-settings.js';
import { RecordingConsumer } from './recording-consumer.js';

const numbered = (key: string, count: number) => Array.from({ length: count }, (_, index) => message(key, `${index}`));
/** Far more than a few appends take. */
const GATHER_MS = 2_000;
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);

export function describeConsuming(current: () => LogUnderTest): void {
  it(
    'delivers what was there and what comes, each key in order',
    async () => {
      const { log } = current();
      const consumer = new RecordingConsumer();
      await log.append('events', numbered('a', 50));
      const consumption = await log.consume({ topics: ['events'], consumer });
      await eventually(() => consumer.messages.length === 50, { what: 'what was there is consumed' });
      await log.append('events', numbered('b', 50));
      await eventually(() => consumer.messages.length === 100, { what: 'what came is consumed' });
      expect(consumer.values().slice(0, 50)).toEqual(names(50));
      expect(consumer.values().slice(50)).toEqual(names(50));
      expect(consumption.assignment()).toHaveLength(4);
      await consumption.stop();
      expect(consumption.assignment()).toHaveLength(0);
      await expect(consumption.ended).resolves.toBeUndefined();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'hands over a message at once, and what follows it closely together where it is told to gather',
    async () => {
      const { log } = current();
      const consumer = new RecordingConsumer();
      const consumption = await log.consume({ topics: ['control'], consumer, gatherMs: { control: GATHER_MS } });
      await log.append('control', numbered('a', 1));
      await eventually(() => consumer.messages.length === 1, { what: 'the first message is consumed' });
      for (const each of numbered('a', 5)) await log.append('control', [each]);
      await eventually(() => consumer.messages.length === 6, { what: 'what followed is consumed' });
      expect(consumer.batches.map(({ messages }) => messages.length)).toEqual([1, 5]);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'starts at the checkpoint of the consumer, whatever the group read before',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 10));
      const before = new RecordingConsumer();
      const first = await log.consume({ topics: ['control'], group: 'projector', consumer: before });
      await eventually(() => before.messages.length === 10, { what: 'the first consumer has read everything' });
      await first.stop();

      const again = new RecordingConsumer(new Map([['control[0]', { next: offset(7) }]]));
      const second = await log.consume({ topics: ['control'], group: 'projector', consumer: again });
      await eventually(() => again.messages.length === 3, { what: 'the second consumer has read the rest' });
      expect(again.values()).toEqual(['7', '8', '9']);
      expect(again.batches[0]?.from).toBe(7);
      await second.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'goes on after a restart where the checkpoint and its last message say',
    async () => {
      const { log } = current();
      await log.append('events', numbered('a', 20));
      const consumer = new RecordingConsumer();
      const first = await log.consume({ topics: ['events'], group: 'projector', consumer });
      await eventually(() => consumer.messages.length === 20, { what: 'everything is consumed' });
      await first.stop();
      await log.append('events', numbered('a', 5));
      const second = await log.consume({ topics: ['events'], group: 'projector', consumer });
      await eventually(() => consumer.messages.length === 25, { what: 'the rest is consumed' });
      await second.stop();
      expect(consumer.values()).toEqual([...names(20), ...names(5)]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'hands over batches that join, within the size asked for, and tells the end',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 25));
      const consumer = new RecordingConsumer();
      const consumption = await log.consume({ topics: ['control'], consumer, batchMessagesMax: 10 });
      await eventually(() => consumer.messages.length === 25, { what: 'everything is consumed' });
      await consumption.stop();
      expect(Math.max(...consumer.batches.map(({ messages }) => messages.length))).toBe(10);
      let position = 0;
      for (const batch of consumer.batches) {
        expect(batch.from).toBe(position);
        expect(batch.end).toBe(25);
        position = batch.next;
      }
      expect(position).toBe(25);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'gives every consumer without a group everything',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 10));
      const consumers = [new RecordingConsumer(), new RecordingConsumer()];
      const consumptions = await Promise.all(
        consumers.map((consumer) => log.consume({ topics: ['control'], consumer })),
      );
      await eventually(() => consumers.every(({ messages }) => messages.length === 10), {
        what: 'both have everything',
      });
      await Promise.all(consumptions.map((consumption) => consumption.stop()));
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'asks again where to start when the checkpoint was moved by somebody else',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 10));
      const consumer = new RecordingConsumer();
      consumer.before = async () => {
        consumer.before = async () => 'CONSUMED';
        consumer.checkpoints.set('control[0]', { next: offset(6) });
        return 'STALE';
      };
      const consumption = await log.consume({ topics: ['control'], consumer });
      await eventually(() => consumer.messages.length === 4, { what: 'the rest is consumed' });
      expect(consumer.values()).toEqual(['6', '7', '8', '9']);
      expect(consumer.asked).toHaveLength(2);
      await consumption.stop();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'keeps trying a batch while a dependency is away',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 10));
      const consumer = new RecordingConsumer();
      let attempts = 0;
      consumer.before = async () => {
        attempts += 1;
        if (attempts < 4) throw new DependencyUnavailableError('the database is away');
        return 'CONSUMED';
      };
      const consumption = await log.consume({ topics: ['control'], consumer });
      await eventually(() => consumer.messages.length === 10, { what: 'the batch is consumed' });
      expect(consumer.asked).toHaveLength(1);
      await consumption.stop();
      await expect(consumption.ended).resolves.toBeUndefined();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'lets the batch under way finish when it is stopped, and hands over no other',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 10));
      const consumer = new RecordingConsumer();
      let finish = (): void => undefined;
      const started = new Promise<void>((resolve) => {
        consumer.before = () =>
          new Promise((done) => {
            finish = () => done('CONSUMED');
            resolve();
          });
      });
      const consumption = await log.consume({ topics: ['control'], consumer, batchMessagesMax: 4 });
      await started;
      let stopped = false;
      const stopping = consumption.stop().then(() => (stopped = true));
      await log.ends('control');
      expect(stopped).toBe(false);
      finish();
      await stopping;
      expect(consumer.values()).toEqual(['0', '1', '2', '3']);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'stops while a dependency is away',
    async () => {
      const { log } = current();
      await log.append('control', numbered('a', 1));
      const consumer = new RecordingConsumer();
      let attempts = 0;
      consumer.before = async () => {
        attempts += 1;
        throw new DependencyUnavailableError('the database is away');
      };
      const consumption = await log.consume({ topics: ['control'], consumer });
      await eventually(() => attempts >= 2, { what: 'it was tried twice' });
      await consumption.stop();
      await expect(consumption.ended).resolves.toBeUndefined();
      expect(consumer.messages).toHaveLength(0);
    },
    CONTRACT_TIMEOUT_MS,
  );
}
