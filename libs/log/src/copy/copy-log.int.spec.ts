import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { EMBEDDED_PARTITION_COUNTS, type LogCreated, type PartitionCounts } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { ControlCommands } from '../control/control-commands.js';
import { ControlFollower } from '../control/control-follower.js';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { openKafkaLog } from '../kafka/kafka.log.js';
import { message } from '../log.contract.js';
import { CONTRACT_TIMEOUT_MS } from '../testing/contract-settings.js';
import { dyingLog } from '../testing/dying-log.js';
import { removeTopics } from '../testing/foreign-client.js';
import { contentsOf } from '../testing/log-contents.js';
import { copyLog, type CopyProgress } from './copy-log.js';
import { openLogSource, type CopySource } from './copy-source.js';
import { CopyTarget } from './copy-target.js';
import { readGenesis } from './genesis.js';

const brokers = (process.env['LOGBOOK_TEST_KAFKA_BROKERS'] ?? '').split(',');
const messageBytesMax = 1024 * 1024;
const WIDE: PartitionCounts = { control: 1, commands: 3, events: 7, 'dead-letters': 1 };
const FOREIGN = [
  { key: null, headers: { from: Buffer.from('elsewhere') }, value: Buffer.from('no key') },
  { key: Buffer.from([0xff, 0xfe]), headers: { twice: [Buffer.from('a'), Buffer.from([0xc0])] }, value: null },
];

/** Several of events, so that what is between them is tried. */
const PARTITIONS: PartitionCounts = { ...EMBEDDED_PARTITION_COUNTS, events: 4 };

describe('copying a log', () => {
  let dir: string;
  let source: Log;
  const opened: Log[] = [];
  const prefixes: string[] = [];
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  beforeAll(() => admin.connect());
  afterAll(() => admin.disconnect());
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-copy-'));
    source = await openEmbedded();
    await create(source);
    await fill(source);
  }, CONTRACT_TIMEOUT_MS);
  afterEach(async () => {
    for (const log of opened.splice(0)) await log.close();
    for (const prefix of prefixes.splice(0)) await removeTopics(admin, prefix);
    await rm(dir, { recursive: true });
  }, CONTRACT_TIMEOUT_MS);

  async function openEmbedded(): Promise<Log> {
    const log = await openEmbeddedLog({ dir: join(dir, randomUUID()), messageBytesMax });
    opened.push(log);
    return log;
  }

  async function openKafka(): Promise<Log> {
    const prefix = `copy-test-${randomUUID()}`;
    prefixes.push(prefix);
    const log = await openKafkaLog({ brokers, prefix, messageBytesMax, clientId: 'copy', logger: () => undefined });
    opened.push(log);
    return log;
  }

  async function create(log: Log): Promise<void> {
    const control = await ControlFollower.open({ log, source: 'test', partitions: PARTITIONS });
    const commands = new ControlCommands(control, 'test');
    await commands.createTenant('acme');
    const issued = await commands.issueKey({ tenant: 'acme', name: 'first' });
    if (issued.outcome === 'ISSUED') await commands.revokeKey(issued.apiKeyId);
    await control.stop();
  }

  async function fill(log: Log, round = 'early'): Promise<void> {
    const keys = Array.from({ length: 30 }, (_, index) => `acme/session-${index}`);
    for (let count = 0; count < 5; count += 1) {
      await log.append(
        'events',
        keys.map((key) => message(key, `${key} ${round} ${count}`)),
      );
    }
    await log.append('events', FOREIGN);
    await log.append('commands', [message('acme/agents', round), message('acme/people/1', round)]);
    await log.append('dead-letters', [message('acme/x', round)]);
  }

  const genesisOf = async (log: Log): Promise<LogCreated> => (await readGenesis(log)) as LogCreated;

  async function copy(from: Log, to: Log, asked: Partial<PartitionCounts> = {}): Promise<CopyProgress> {
    const read = await openLogSource(from);
    const target = await CopyTarget.open({
      log: to,
      source: read.genesis,
      partitions: WIDE,
      asked,
      recordDir: join(dir, 'copies'),
      writtenBy: 'test',
    });
    return copyLog({ source: read, target });
  }

  it(
    'keeps every message and the order of each key, from LMDB to Kafka and back',
    async () => {
      const kafka = await openKafka();
      const back = await openEmbedded();
      const { messages } = await copy(source, kafka);
      await copy(kafka, back, { events: 2 });
      const expected = await contentsOf(source);
      expect(messages).toBe([...expected.values()].flat().length);
      expect(await contentsOf(kafka)).toEqual(expected);
      expect(await contentsOf(back)).toEqual(expected);
      expect((await back.ends('events')).length).toBe(2);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it('makes a new log of another identity, with the same secret and its origin', async () => {
    const target = await openEmbedded();
    await copy(source, target);
    const [from, to] = [await genesisOf(source), await genesisOf(target)];
    expect(to).toMatchObject({ secret: from.secret, origin: from.logId, partitions: WIDE });
    expect(to.logId).not.toBe(from.logId);
    const control = await ControlFollower.open({ log: target, source: 'test', partitions: PARTITIONS });
    expect(control.state.tenants().map(({ tenant }) => tenant)).toEqual(['default', 'acme']);
    expect(control.state.apiKeys().map(({ revokedAtMs }) => revokedAtMs)).toEqual([expect.any(Number)]);
    await control.stop();
  });

  it('copies nothing twice, and what came since, when it is run again', async () => {
    const target = await openEmbedded();
    await copy(source, target);
    expect((await copy(source, target)).messages).toBe(0);
    await fill(source, 'late');
    expect((await copy(source, target)).messages).toBe(155);
    expect(await contentsOf(target)).toEqual(await contentsOf(source));
  });

  it('goes on until nothing is left while the source grows', async () => {
    const read = await openLogSource(source);
    const log = await openEmbedded();
    const options = { log, source: read.genesis, partitions: WIDE, recordDir: join(dir, 'copies'), writtenBy: 'test' };
    const target = await CopyTarget.open(options);
    let rounds = 0;
    await copyLog({
      source: {
        genesis: read.genesis,
        grows: true,
        remaining: (places) => read.remaining(places),
        read: async function* (places, first) {
          yield* read.read(places, first);
          if ((rounds += 1) <= 2) await fill(source, `round ${rounds}`);
        },
      },
      target,
    });
    expect(await contentsOf(log)).toEqual(await contentsOf(source));
  });

  it.each([
    ['nothing', () => 0],
    ['everything', (_: number, messages: number) => messages],
    ['a part of every partition', (_: number, messages: number) => Math.ceil(messages / 2)],
    ['one partition whole', (partition: number, messages: number) => (partition % 2 === 0 ? messages : 0)],
  ])(
    'holds every message once after any append was cut off with %s of it durable',
    async (_, survives) => {
      const expected = await contentsOf(source);
      let deathAppend = 1;
      for (; ; deathAppend += 1) {
        const target = await openEmbedded();
        const died = await copy(source, dyingLog(target, { deathAppend, survives })).then(
          () => false,
          () => true,
        );
        if (!died) break;
        // Cut off once more, as soon as it goes on.
        await copy(source, dyingLog(target, { deathAppend: 1, survives })).catch(() => undefined);
        await copy(source, target);
        expect(await contentsOf(target)).toEqual(expected);
      }
      // One for the genesis, one for each partition that holds anything.
      expect(deathAppend).toBeGreaterThan(8);
    },
    CONTRACT_TIMEOUT_MS,
  );

  describe('refuses a target', () => {
    it('that is another log, or the source itself', async () => {
      const another = await openEmbedded();
      await create(another);
      await expect(copy(source, another)).rejects.toThrow(/holds log .*, which is no copy.*new place/s);
      await expect(copy(source, source)).rejects.toThrow('is the source itself');
      const copied = await openEmbedded();
      await copy(another, copied);
      await expect(copy(source, copied)).rejects.toThrow(/a copy of .*, and not of/);
    });

    it('that holds messages and no genesis', async () => {
      const stray = await openEmbedded();
      await stray.prepare({ topics: ['control', 'commands', 'events', 'dead-letters'], partitions: WIDE });
      await stray.append('events', [message('a', 'stray')]);
      await expect(copy(source, stray)).rejects.toThrow('events and no first message');
      await stray.append('control', [message('a', 'stray')]);
      await expect(copy(source, stray)).rejects.toThrow('no first message');
    });

    it('to which something else was appended', async () => {
      const target = await openEmbedded();
      await copy(source, target);
      await target.append('events', [message('a', 'a server runs already')]);
      await expect(copy(source, target)).rejects.toThrow('something else was appended');
    });

    it('to which something else was appended after the copy was cut off, also in the same partition', async () => {
      const target = await openEmbedded();
      // The genesis, control, two partitions of commands, and half of the first of events.
      const dying = dyingLog(target, { deathAppend: 5, survives: (_, messages) => Math.floor(messages / 2) });
      await expect(copy(source, dying)).rejects.toThrow('has died');
      await target.append('events', [message('acme/session-1', 'a server runs already')]);
      await expect(copy(source, target)).rejects.toThrow(/not the next message of its source|do not come from/);
    });

    it('to which something else is appended while the copy goes on', async () => {
      const read = await openLogSource(source);
      const log = await openEmbedded();
      const options = {
        log,
        source: read.genesis,
        partitions: WIDE,
        recordDir: join(dir, 'copies'),
        writtenBy: 'test',
      };
      const target = await CopyTarget.open(options);
      const interfering: CopySource = {
        genesis: read.genesis,
        grows: false,
        remaining: () => Promise.resolve(null),
        read: async function* (places, first) {
          for await (const batch of read.read(places, first)) {
            await log.append('events', [message('acme/session-1', 'a server runs already')]);
            yield batch;
          }
        },
      };
      await expect(copyLog({ source: interfering, target })).rejects.toThrow(/something else appends to events/);
    });

    it('that was begun with other partition counts, or whose record is elsewhere', async () => {
      const target = await openEmbedded();
      await copy(source, target);
      await expect(copy(source, target, { events: 3 })).rejects.toThrow('begun with 7 partitions of events, not 3');
      await rm(join(dir, 'copies'), { recursive: true });
      await expect(copy(source, target)).rejects.toThrow('where the copy was begun');
    });

    it('and a source that holds nothing', async () => {
      await expect(copy(await openEmbedded(), await openEmbedded())).rejects.toThrow('there is no log to read');
    });
  });
});
