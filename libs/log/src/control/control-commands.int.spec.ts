import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_PARTITION_COUNTS, encodeMessage, newMessageId, type StoredMessage, tenant } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { ControlCommands } from './control-commands.js';
import { ControlFollower } from './control-follower.js';

const SOURCE = 'logbook/test';
const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');

/** Gives what opens one and the same new log. */
const DRIVERS = {
  embedded: (dir: string) => () => openEmbeddedLog({ dir, messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX, pollMs: 20 }),
  Kafka: () => {
    const prefix = `control-test-${randomUUID()}`;
    return () =>
      openKafkaLog({
        brokers,
        prefix,
        messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX,
        clientId: 'control-test',
        logger: () => undefined,
      });
  },
};

describe.each(Object.keys(DRIVERS) as (keyof typeof DRIVERS)[])('control on %s', (driver) => {
  let dir: string;
  let logs: Log[];
  let followers: ControlFollower[];

  const follow = async (log: Log): Promise<ControlFollower> => {
    const follower = await ControlFollower.open({ log, source: SOURCE, partitions: EMBEDDED_PARTITION_COUNTS });
    followers.push(follower);
    return follower;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-control-'));
    const open = DRIVERS[driver](dir);
    logs = [await open(), await open()];
    followers = [];
    for (const log of logs) await follow(log);
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    await Promise.all(followers.map((follower) => follower.stop()));
    await Promise.all(logs.map((log) => log.close()));
    await rm(dir, { recursive: true });
  }, CONTRACT_TIMEOUT_MS);

  async function appended(): Promise<StoredMessage> {
    const encoded = encodeMessage({
      type: 'com.logbook.agent.register.v1',
      id: newMessageId(),
      timeMs: 1,
      source: SOURCE,
      tenant: tenant('acme'),
      agentName: 'a',
      description: null,
    });
    const [position] = (await logs[0]?.append('commands', [encoded])) ?? [];
    const stored = position && (await logs[0]?.read(position));
    if (stored === undefined) throw new Error('what was appended is not in the log');
    return stored;
  }

  it(
    'skips a message for this process once it answers, for others once they follow, and for whoever opens the log later',
    async () => {
      const [ours, theirs] = followers as [ControlFollower, ControlFollower];
      const message = await appended();
      const commands = new ControlCommands(ours, SOURCE, () => 1_700_000_000_000);
      await expect(commands.skip(message, 'refused')).resolves.toBe('SKIPPED');
      expect(ours.state.skips.all()).toMatchObject([
        { topic: 'commands', key: 'acme/agents', reason: 'refused', skippedAtMs: 1_700_000_000_000 },
      ]);
      await eventually(() => theirs.state.skips.reasonOf('commands', message) === 'refused', {
        what: 'the other process to follow',
      });
      const later = await follow(logs[1] as Log);
      expect(later.state.skips.reasonOf('commands', message)).toBe('refused');
      await expect(new ControlCommands(later, SOURCE).skip(message, 'again')).resolves.toBe('ALREADY_SKIPPED');
    },
    CONTRACT_TIMEOUT_MS,
  );

  it(
    'has applied what another process appended before the call once catchUp resolves',
    async () => {
      const [ours, theirs] = followers as [ControlFollower, ControlFollower];
      const commands = new ControlCommands(theirs, SOURCE);
      for (const name of ['a', 'b', 'c']) {
        await commands.createTenant(name);
        await ours.catchUp();
        expect(ours.state.tenant(name)).toBeDefined();
      }
    },
    CONTRACT_TIMEOUT_MS,
  );
});
