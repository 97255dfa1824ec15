import { messageSha256, offset } from '@logbook/contracts';
import type { Batch, Delivery, GroupPlace, Log, PartitionConsumer, StartPosition } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_TIMEOUT_MS } from './contract-settings.js';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => message('a', `${index}`));

/** Keeps its positions in the log, as a subscriber does that has no database. */
class CommittingConsumer implements PartitionConsumer {
  readonly found: (StartPosition | undefined)[] = [];
  readonly values: string[] = [];
  /** What becomes of a batch; by default all of it is consumed and committed. */
  take = async (batch: Batch, delivery: Delivery): Promise<'CONSUMED' | 'INTERRUPTED'> => {
    const last = batch.messages.at(-1)!;
    await delivery.commit({ next: batch.next, last: { offset: last.offset, sha256: messageSha256(last) } });
    return 'CONSUMED';
  };

  async assigned(_: unknown, place: GroupPlace): Promise<StartPosition> {
    const committed = await place.committed();
    this.found.push(committed);
    return committed ?? { next: offset(0) };
  }

  async consume(batch: Batch, delivery: Delivery) {
    const outcome = await this.take(batch, delivery);
    if (outcome === 'CONSUMED') this.values.push(...batch.messages.map(({ value }) => String(value)));
    return outcome;
  }
}

const follow = (log: Log, consumer: PartitionConsumer, group = 'reader') =>
  log.consume({ topics: ['control'], group, consumer, batchMessagesMax: 4 });

export function describeGroupPlaces(current: () => LogUnderTest): void {
  it(
    'keeps for a group what its consumer has committed, with the last message, and for no other group',
    async () => {
      const { log } = current();
      const appended = numbered(6);
      await log.append('control', appended);
      const consumer = new CommittingConsumer();
      const first = await follow(log, consumer);
      await eventually(() => consumer.values.length === 6, { what: 'everything is consumed' });
      await first.stop();

      const again = new CommittingConsumer();
      await log.append('control', [message('a', 'new')]);
      const second = await follow(log, again);
      await eventually(() => again.values.length === 1, { what: 'what is new is consumed' });
      await second.stop();
      expect(consumer.found).toEqual([undefined]);
      const last = appended[5]!;
      const sha256 = messageSha256({ ...last, key: Buffer.from(last.key) });
      expect(again.found).toEqual([{ next: 6, last: { offset: 5, sha256 } }]);
      expect(again.values).toEqual(['new']);

      const other = new CommittingConsumer();
      const third = await follow(log, other, 'another');
      await eventually(() => other.values.length === 7, { what: 'another group has everything' });
      await third.stop();
      expect(other.found).toEqual([undefined]);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'commits a place before anything is consumed, so that the end of today is still the start tomorrow',
    async () => {
      const { log } = current();
      await log.append('control', numbered(3));
      const consumer = new CommittingConsumer();
      let committed = false;
      consumer.assigned = async (_, place) => {
        await place.commit({ next: offset(3) });
        committed = true;
        return { next: offset(3) };
      };
      const first = await follow(log, consumer);
      await eventually(() => committed, { what: 'the place is committed' });
      await first.stop();
      await log.append('control', [message('a', 'later')]);
      const again = new CommittingConsumer();
      const second = await follow(log, again);
      await eventually(() => again.values.length > 0, { what: 'the rest is consumed' });
      await second.stop();
      expect(again.values).toEqual(['later']);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'tells a batch under way that it is to stop, keeps what it commits then, and hands the rest to the next',
    async () => {
      const { log } = current();
      await log.append('control', numbered(4));
      const consumer = new CommittingConsumer();
      let begun = false;
      consumer.take = async (batch, { signal, commit }) => {
        begun = true;
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await commit({ next: offset(batch.from + 1) });
        return 'INTERRUPTED';
      };
      const first = await follow(log, consumer);
      await eventually(() => begun, { what: 'a batch is under way' });
      await first.stop();
      await expect(first.ended).resolves.toBeUndefined();

      const again = new CommittingConsumer();
      const second = await follow(log, again);
      await eventually(() => again.values.length === 3, { what: 'the rest is consumed' });
      await second.stop();
      expect(again.values).toEqual(['1', '2', '3']);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'has no place for a consumer without a group',
    async () => {
      const { log } = current();
      const consumption = await log.consume({ topics: ['control'], consumer: new CommittingConsumer() });
      await expect(consumption.ended).rejects.toThrow(/without a group/);
    },
    CONTRACT_TIMEOUT_MS,
  );
}
