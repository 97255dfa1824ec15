import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { TOPICS, topicName } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { ControlCommands } from './control-commands.js';
import { ControlFollower } from './control-follower.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
const SOURCE = 'logbook/test';
const messageBytesMax = 1024 * 1024;

interface Place {
  open(): Promise<Log>;
  remove(): Promise<void>;
}

const PLACES: readonly (readonly [driver: string, make: () => Promise<Place>])[] = [
  [
    'Kafka',
    async () => {
      const prefix = `control-test-${randomUUID()}`;
      return {
        open: () => openKafkaLog({ brokers, prefix, messageBytesMax, clientId: 'test', logger: () => undefined }),
        remove: async () => {
          const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
          await admin.connect();
          await admin.deleteTopics({ topics: TOPICS.map((topic) => topicName(prefix, topic)) });
          await admin.disconnect();
        },
      };
    },
  ],
  [
    'LMDB',
    async () => {
      const dir = await mkdtemp(join(tmpdir(), 'logbook-control-'));
      return {
        open: () => openEmbeddedLog({ dir, messageBytesMax }),
        remove: () => rm(dir, { recursive: true }),
      };
    },
  ],
];

describe.each(PLACES)('following control on %s', (_, make) => {
  let place: Place;
  let logs: Log[];
  let followers: ControlFollower[];
  beforeEach(async () => {
    place = await make();
    logs = [];
    followers = [];
  });
  afterEach(async () => {
    for (const follower of followers) await follower.stop();
    for (const log of logs) await log.close();
    await place.remove();
  }, CONTRACT_TIMEOUT_MS);

  async function follow(): Promise<{ log: Log; control: ControlFollower; commands: ControlCommands }> {
    const log = await place.open();
    logs.push(log);
    const control = await ControlFollower.open({ log, source: SOURCE, partitions: CONTRACT_PARTITIONS });
    followers.push(control);
    return { log, control, commands: new ControlCommands(control, SOURCE) };
  }

  it(
    'has read everything that was there when it is open',
    async () => {
      const first = await follow();
      for (const name of ['a', 'b', 'c']) expect(await first.commands.createTenant(name)).toBe('DONE');
      const second = await follow();
      expect(second.control.log).toEqual(first.control.log);
      expect(second.control.state.tenants().map(({ tenant }) => tenant)).toEqual(['default', 'a', 'b', 'c']);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'sees soon what another process revokes, and at once what this one does',
    async () => {
      const first = await follow();
      const second = await follow();
      const issued = await first.commands.issueKey({ tenant: 'default', name: 'mine' });
      const apiKeyId = issued.outcome === 'ISSUED' ? issued.apiKeyId : '';
      expect(first.control.state.apiKey(apiKeyId)).toMatchObject({ revokedAtMs: null });
      await eventually(() => second.control.state.apiKey(apiKeyId) !== undefined, { what: 'the key to be known' });
      await second.commands.revokeKey(apiKeyId);
      const revokedAtMs = Date.now();
      expect(second.control.state.apiKey(apiKeyId)?.revokedAtMs).not.toBeNull();
      await eventually(() => first.control.state.apiKey(apiKeyId)?.revokedAtMs !== null, { what: 'the revocation' });
      expect(Date.now() - revokedAtMs).toBeLessThan(2_000);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'ends quietly when it is stopped, and its appends are refused',
    async () => {
      const { control, commands } = await follow();
      await control.stop();
      await expect(control.ended).resolves.toBeUndefined();
      await expect(commands.createTenant('late')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    },
    CONTRACT_TIMEOUT_MS,
  );
});
