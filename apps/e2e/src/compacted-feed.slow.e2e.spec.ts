import { readTestServices } from '@logbook/config';
import {
  encodeMessage,
  newMessageId,
  offset,
  tenant,
  topicName,
  type Change,
  type PartitionCounts,
  type StoredMessage,
} from '@logbook/contracts';
import type { Feed, Log } from '@logbook/core';
import { openLog } from '@logbook/log';
import { eventually, uniqueName } from '@logbook/testing';
import kafkajs from 'kafkajs';
import { FeedReader } from './feed-reader.js';
import { asOperatorOfBrokers } from './harness/brokers.js';
import { everyMessage } from './log-contents.js';

const { ConfigResourceTypes, ConfigSource } = kafkajs;
const PARTITIONS: PartitionCounts = { control: 1, commands: 2, events: 1, 'dead-letters': 1 };
const PEOPLE = ['ann', 'bob', 'cy', 'dan', 'eve', 'fay', 'gus', 'hal'];
const GONE = 'gus';
const ROUNDS = 40;
/** Short segments, since what was appended to last is never compacted; and compacted as soon as there is anything to. */
const SOON = { 'segment.ms': '20', 'min.cleanable.dirty.ratio': '0.01' };
const COMPACTED_TIMEOUT_MS = 50_000;

describe('the feed of changes, once the broker has compacted it', () => {
  const prefix = uniqueName('compacted');
  const changesTopic = topicName(prefix, 'changes');
  let log: Log;
  let feed: Feed;
  /** By key, what was published last. */
  const current = new Map<string, Change>();
  let published = 0;
  const readers: FeedReader[] = [];

  beforeAll(async () => {
    const brokers = readTestServices().kafkaBrokers.split(',');
    log = await openLog({
      ...{ kind: 'kafka', brokers, prefix, messageBytesMax: 1024 * 1024 },
      ...{ clientId: 'compacted', logger: () => undefined },
    });
    await log.prepare({ topics: ['commands', 'changes'], partitions: PARTITIONS });
    await compactSoon();
    feed = await eventually(() => log.openFeed(0), { what: 'the coordinator of the group to have loaded' });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await log.close();
    const topics = [changesTopic, topicName(prefix, 'commands')];
    await asOperatorOfBrokers((admin) => admin.deleteTopics({ topics }));
  }, 60_000);

  /** Beside the settings that the topic has: the client replaces them all. */
  const compactSoon = (): Promise<void> =>
    asOperatorOfBrokers(async (admin) => {
      const topic = { type: ConfigResourceTypes.TOPIC, name: changesTopic };
      const settings = async (): Promise<Record<string, string>> => {
        const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [topic] });
        const own = resources[0]?.configEntries.filter(
          ({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG,
        );
        return Object.fromEntries(own?.map(({ configName, configValue }) => [configName, configValue]) ?? []);
      };
      const wanted = { ...(await settings()), ...SOON };
      const configEntries = Object.entries(wanted).map(([name, value]) => ({ name, value }));
      await admin.alterConfigs({ validateOnly: false, resources: [{ ...topic, configEntries }] });
      await eventually(async () => expect(await settings()).toEqual(wanted), {
        what: 'the broker to apply the settings',
      });
    });

  /** Everybody's state, and once more, one transaction each time; `GONE` goes with the last. */
  async function publishRounds(count: number, { deleting = false } = {}): Promise<void> {
    for (let round = 1; round <= count; round += 1) {
      const changes = PEOPLE.map((personId): Change => {
        const isGone = deleting && round === count && personId === GONE;
        return {
          type: 'com.logbook.person.changed.v1',
          ...{ id: newMessageId(), timeMs: Date.now(), source: 'test', tenant: tenant('acme'), personId },
          person: isGone ? null : { propertiesJson: `{"after":${published}}`, createdAtMs: 0 },
        };
      });
      const messages = changes.map((change) => encodeMessage(change));
      published += changes.length;
      const next = offset(published);
      await expect(feed.publish(messages, { next, asOf: next })).resolves.toBe('PUBLISHED');
      messages.forEach(({ key, value }, index) => {
        if (value === null) current.delete(key);
        else current.set(key, changes[index] as Change);
      });
    }
  }

  const follow = async (reader: FeedReader): Promise<void> => {
    readers.push(reader);
    await reader.follow(log);
  };
  const exact = (reader: FeedReader): Promise<void> =>
    eventually(() => expect(reader.copy).toEqual(current), { what: 'the copy to be exact' });

  const left = async (): Promise<StoredMessage[]> => {
    const messages: StoredMessage[] = [];
    for await (const message of everyMessage(log, ['changes'])) messages.push(message);
    return messages;
  };

  it('gives an exact copy from what is left, and lets go on who stopped where nothing is left', async () => {
    const early = new FeedReader();
    await follow(early);
    await publishRounds(ROUNDS);
    await exact(early);
    await early.stop();
    await publishRounds(ROUNDS, { deleting: true });

    await eventually(
      async () => {
        const isLeft = ({ partition, offset: at }: StoredMessage) => at <= (early.places.get(partition)?.next ?? 0);
        return !(await left()).some(isLeft);
      },
      {
        what: 'nothing to be left of what it read, nor where it stopped',
        timeoutMs: COMPACTED_TIMEOUT_MS,
        intervalMs: 200,
      },
    );
    expect(early.places.size).toBe(PARTITIONS.commands);

    const late = new FeedReader();
    await follow(late);
    await exact(late);
    expect(late.messages).toBeLessThanOrEqual(published / 2);
    const deletions = (await left()).filter(({ value }) => value === null).map(({ key }) => String(key));
    expect(deletions).toEqual([`acme/people/${GONE}`]);
    await follow(early);
    await exact(early);

    await publishRounds(1);
    await Promise.all([exact(late), exact(early)]);
    expect(current.size).toBe(PEOPLE.length);
    process.stdout.write(`${published} states published, ${late.messages} read by who came late\n`);
  }, 120_000);
});
