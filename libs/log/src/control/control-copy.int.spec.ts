import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMBEDDED_PARTITION_COUNTS } from '@logbook/contracts';
import { type Log, LogMismatchError, LogUnavailableError } from '@logbook/core';
import { freePort } from '@logbook/testing';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { apiKeySha256, ControlCommands } from './control-commands.js';
import { ControlCopy } from './control-copy.js';
import { ControlFollower, type ControlFollowerOptions } from './control-follower.js';

const KEY = 'a-key-that-was-issued-0123456789';

describe('the copy of the control topic', () => {
  let dir: string;
  let copy: ControlCopy;
  const logs: Log[] = [];
  const followers: ControlFollower[] = [];

  const openLog = async (name: string): Promise<Log> => {
    const log = await openEmbeddedLog({ dir: join(dir, name), messageBytesMax: 1024, pollMs: 10 });
    logs.push(log);
    return log;
  };
  /** A log whose brokers are away for good. */
  const awayLog = async (): Promise<Log> => {
    const log = await openKafkaLog({
      brokers: [`127.0.0.1:${await freePort()}`],
      prefix: 'away',
      messageBytesMax: 1024,
      clientId: 'log-test',
      logger: () => undefined,
    });
    logs.push(log);
    return log;
  };
  const follow = async (log: Log, options: Partial<ControlFollowerOptions> = {}): Promise<ControlFollower> => {
    const follower = await ControlFollower.open({
      log,
      source: 'test',
      partitions: EMBEDDED_PARTITION_COUNTS,
      copyAfterMs: 100,
      ...options,
    });
    followers.push(follower);
    return follower;
  };
  const stateOf = (follower: ControlFollower, key = KEY) => follower.state.authenticate(apiKeySha256(key)).state;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-control-'));
    copy = await ControlCopy.open(join(dir, 'control'));
  });
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.stop()));
    await Promise.all(logs.splice(0).map((log) => log.close()));
    await copy.close();
    await rm(dir, { recursive: true });
  });

  it('lets a process start without its log: same identity, same tenants, same keys', async () => {
    const control = await follow(await openLog('log'), { copy });
    await new ControlCommands(control, 'test').issueKey({ tenant: 'default', name: 'kept', key: KEY });
    const started = await follow(await awayLog(), { copy });
    expect(started.connected).toBe(false);
    expect(started.log).toEqual(control.log);
    expect(started.state.tenants()).toEqual(control.state.tenants());
    expect(stateOf(started)).toBe('VALID');
  });

  it('refuses to start without its log where nothing was copied yet', async () => {
    await expect(follow(await awayLog(), { copy })).rejects.toThrow(LogUnavailableError);
  }, 40_000);

  it('goes on where it ends when the log answers, and keeps what came since', async () => {
    const log = await openLog('log');
    const first = await follow(log, { copy });
    await first.stop();
    const uncopied = await follow(log);
    await new ControlCommands(uncopied, 'test').issueKey({ tenant: 'default', name: 'later', key: KEY });
    const second = await follow(log, { copy });
    expect(second.connected).toBe(true);
    expect(stateOf(second)).toBe('VALID');
    const started = await follow(await awayLog(), { copy });
    expect(stateOf(started)).toBe('VALID');
  });

  it('is of one log: another one is refused with both names, and so is an empty one', async () => {
    const control = await follow(await openLog('log'), { copy });
    const other = await openLog('other');
    const { log } = await follow(other);
    const refused = follow(other, { copy });
    await expect(refused).rejects.toThrow(LogMismatchError);
    await expect(refused).rejects.toThrow(
      `is a copy of the control topic of log ${control.log.logId}, but KAFKA_BROKERS and LOGBOOK_TOPIC_PREFIX lead to log ${log.logId}`,
    );
    await expect(follow(await openLog('empty'), { copy })).rejects.toThrow('lead to an empty log');
  });

  it('takes no message of another log', async () => {
    await follow(await openLog('log'), { copy });
    const before = copy.messages();
    const { log } = await follow(await openLog('other'));
    await expect(copy.keep(log.logId, [])).rejects.toThrow(LogMismatchError);
    expect(copy.messages()).toEqual(before);
  });
});
