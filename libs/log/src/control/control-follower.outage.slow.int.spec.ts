import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_PARTITION_COUNTS } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { eventually, type KafkaService, startKafka } from '@logbook/testing';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { apiKeyIdOf, apiKeySha256, ControlCommands } from './control-commands.js';
import { ControlCopy } from './control-copy.js';
import { ControlFollower } from './control-follower.js';

const OUTAGE_TIMEOUT_MS = 180_000;
const REVOKED_WITHIN_MS = 5_000;
const KEY = 'a-key-that-is-revoked-0123456789';

/** These tests kill their broker, so they have one of their own. */
describe('following the control topic while its broker is away', () => {
  let broker: KafkaService;
  let dir: string;
  let prefix: string;
  let copy: ControlCopy;
  const logs: Log[] = [];
  const followers: ControlFollower[] = [];

  const follow = async (options: { copy?: ControlCopy } = {}): Promise<ControlFollower> => {
    const log = await openKafkaLog({
      brokers: [broker.brokers],
      prefix,
      messageBytesMax: 1024 * 1024,
      clientId: 'log-test',
      logger: () => undefined,
    });
    logs.push(log);
    const follower = await ControlFollower.open({
      log,
      source: 'test',
      partitions: DEFAULT_PARTITION_COUNTS,
      ...options,
    });
    followers.push(follower);
    return follower;
  };
  const stateOf = (follower: ControlFollower) => follower.state.authenticate(apiKeySha256(KEY)).state;
  const untilRevoked = async (follower: ControlFollower): Promise<void> => {
    // As an operator's command does: a client of its own, once the broker answers again.
    const operator = await follow();
    await new ControlCommands(operator, 'test').revokeKey(apiKeyIdOf(apiKeySha256(KEY)));
    await eventually(() => stateOf(follower) === 'UNKNOWN', {
      timeoutMs: REVOKED_WITHIN_MS,
      what: 'the revocation to arrive',
    });
  };

  beforeAll(async () => {
    broker = await startKafka();
  }, OUTAGE_TIMEOUT_MS);
  afterAll(() => broker.stop(), OUTAGE_TIMEOUT_MS);
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-control-'));
    copy = await ControlCopy.open(dir);
    prefix = `control-${randomUUID()}`;
    const issuer = await follow({ copy });
    await new ControlCommands(issuer, 'test').issueKey({ tenant: 'default', name: 'revoked', key: KEY });
  }, OUTAGE_TIMEOUT_MS);
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.stop()));
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await copy.close();
    await rm(dir, { recursive: true });
  }, OUTAGE_TIMEOUT_MS);

  it(
    'goes on knowing who may come in, and learns of a revocation within 5 s after the broker is back',
    async () => {
      const [follower] = followers as [ControlFollower];
      await broker.kill();
      expect(stateOf(follower)).toBe('VALID');
      await broker.restart();
      await untilRevoked(follower);
    },
    OUTAGE_TIMEOUT_MS,
  );

  it(
    'starts from the copy while the broker is away, and is connected when that is back',
    async () => {
      await broker.kill();
      const started = await follow({ copy });
      expect(started.connected).toBe(false);
      expect(stateOf(started)).toBe('VALID');
      await broker.restart();
      await eventually(() => started.connected, { timeoutMs: 20_000, what: 'the follower to be connected' });
      await untilRevoked(started);
    },
    OUTAGE_TIMEOUT_MS,
  );

  it(
    'follows again after the broker held still',
    async () => {
      const [follower] = followers as [ControlFollower];
      await broker.pause();
      await expect(follow()).rejects.toThrow('do brokers run there?');
      await broker.resume();
      await untilRevoked(follower);
    },
    OUTAGE_TIMEOUT_MS,
  );
});
