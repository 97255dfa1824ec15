import { offset, type EncodedChange } from '@logbook/contracts';
import type { FeedPlace, Log } from '@logbook/core';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from './contract-settings.js';

const place = (next: number, asOf = next): FeedPlace => ({ next: offset(next), asOf: offset(asOf) });
const state = (key: string, value: string): EncodedChange => message(key, value);

export function describeFeed(current: () => LogUnderTest): void {
  const prepared = async (log: Log): Promise<Log> => {
    await log.prepare({ topics: ['commands', 'changes'], partitions: CONTRACT_PARTITIONS });
    return log;
  };
  /** The feed as a reader from its beginning has it: by key the values in order. */
  const published = async (): Promise<Record<string, (string | null)[]>> => {
    const { log } = current();
    const values: Record<string, (string | null)[]> = {};
    for (const [partition, to] of (await log.ends('changes')).entries()) {
      for await (const { messages } of log.scan({ topic: 'changes', partition, from: offset(0), to })) {
        for (const { key, value } of messages) (values[String(key)] ??= []).push(value?.toString() ?? null);
      }
    }
    return values;
  };

  it(
    'publishes changes and their place together, deletions too, and whoever opens the feed next goes on from there',
    async () => {
      const log = await prepared(current().log);
      const feed = await log.openFeed(1);
      expect(feed.place).toEqual(place(0));
      await expect(feed.publish([state('a', 'a1'), state('b', 'b1')], place(3, 5))).resolves.toBe('PUBLISHED');
      await expect(feed.publish([{ ...state('a', ''), value: null }], place(6))).resolves.toBe('PUBLISHED');
      await expect(feed.publish([], place(7))).resolves.toBe('PUBLISHED');
      expect(feed.place).toEqual(place(7));
      await feed.publish([state('b', 'b2')], place(8, 9));
      await feed.close();

      expect(await published()).toEqual({ a: ['a1', null], b: ['b1', 'b2'] });
      expect(await log.feedPlace(1)).toEqual(place(8, 9));
      expect(await log.feedPlace(0)).toEqual(place(0));
      const next = await log.openFeed(1);
      expect(next.place).toEqual(place(8, 9));
      await next.close();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'publishes nothing for who was taken over, so that a late one never has the last word',
    async () => {
      const log = await prepared(current().log);
      const another = await prepared(await current().openAnother());
      const zombie = await log.openFeed(0);
      await zombie.publish([state('a', 'old')], place(1));
      const owner = await another.openFeed(0);
      expect(owner.place).toEqual(place(1));
      await expect(owner.publish([state('a', 'new')], place(2))).resolves.toBe('PUBLISHED');
      await expect(zombie.publish([state('a', 'late'), state('b', 'late')], place(9))).resolves.toBe('TAKEN_OVER');
      await expect(owner.publish([state('a', 'newer')], place(3))).resolves.toBe('PUBLISHED');

      expect(await published()).toEqual({ a: ['old', 'new', 'newer'] });
      expect(await log.feedPlace(0)).toEqual(place(3));
      await Promise.all([zombie.close(), owner.close()]);
      await another.close();
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'publishes more than a produce request holds in one go',
    async () => {
      const log = await prepared(current().log);
      const feed = await log.openFeed(0);
      const large = ['a', 'b', 'c', 'd'].map((key) => state(key, key.repeat(3 * 1024 * 1024)));
      await expect(feed.publish(large, place(4))).resolves.toBe('PUBLISHED');
      await feed.close();
      expect(Object.keys(await published()).sort()).toEqual(['a', 'b', 'c', 'd']);
    },
    CONTRACT_TIMEOUT_MS,
  );
}
