import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offset, type Offset } from '@logbook/contracts';
import type { Log } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { describeLogContract, message } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX } from '../testing/contract-settings.js';
import { startBuiltProcess, type BuiltProcess } from '../testing/built-process.js';
import { RecordingConsumer } from '../testing/recording-consumer.js';
import { openEmbeddedLog } from './embedded.log.js';

const open = (dir: string): Promise<Log> =>
  openEmbeddedLog({ dir, messageBytesMax: CONTRACT_MESSAGE_BYTES_MAX, pollMs: 20 });
const newDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'logbook-log-'));
const ONE_PARTITION_EACH = { control: 1, commands: 1, events: 1, 'dead-letters': 1 };

describeLogContract('LMDB', async () => {
  const dir = await newDir();
  const log = await open(dir);
  return {
    log,
    openAnother: () => open(dir),
    release: async () => {
      await log.close();
      await rm(dir, { recursive: true });
    },
  };
});

const APPENDER = join(__dirname, '../../dist/testing/append-until-killed.js');

interface Appender extends BuiltProcess {
  /** Per acknowledged offset, the value. */
  readonly acknowledged: Map<Offset, string>;
}

function startAppender(dir: string, label: string): Appender {
  const acknowledged = new Map<Offset, string>();
  const onLine = (line: string): void => {
    const [at = '', ...value] = line.split(' ');
    acknowledged.set(offset(Number(at)), value.join(' '));
  };
  return { ...startBuiltProcess(APPENDER, { args: [dir, label], onLine }), acknowledged };
}

describe('the embedded log and other processes', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await newDir();
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('holds every acknowledged message after the process was killed', async () => {
    const appender = startAppender(dir, 'killed');
    await eventually(() => appender.acknowledged.size > 50, { what: 'some messages are acknowledged' });
    await appender.kill();

    const log = await open(dir);
    await log.prepare({ topics: ['control'], partitions: ONE_PARTITION_EACH });
    for (const [at, value] of appender.acknowledged) {
      const stored = await log.read({ topic: 'control', partition: 0, offset: at });
      expect(stored?.value?.toString()).toBe(value);
    }
    await log.close();
  });

  it('gives appends of two processes offsets of their own, and a consumer sees both', async () => {
    const log = await open(dir);
    await log.prepare({ topics: ['control'], partitions: ONE_PARTITION_EACH });
    const consumer = new RecordingConsumer();
    const consumption = await log.consume({ topics: ['control'], consumer });
    const appenders = [startAppender(dir, 'left'), startAppender(dir, 'right')];
    await eventually(() => appenders.every(({ acknowledged }) => acknowledged.size > 20), {
      what: 'both have appended',
    });
    await Promise.all(appenders.map((appender) => appender.kill()));
    const [end] = await log.ends('control');
    await eventually(() => consumer.messages.length === end, { what: 'everything is consumed' });
    const seen = new Map(consumer.messages.map((stored) => [stored.offset, stored.value?.toString()]));
    for (const { acknowledged } of appenders) for (const [at, value] of acknowledged) expect(seen.get(at)).toBe(value);
    await consumption.stop();
    await log.close();
  });

  it('refuses a second consumer of a group in one process', async () => {
    const log = await open(dir);
    await log.prepare({ topics: ['control'], partitions: ONE_PARTITION_EACH });
    const first = await log.consume({ topics: ['control'], group: 'projector', consumer: new RecordingConsumer() });
    await expect(
      log.consume({ topics: ['control'], group: 'projector', consumer: new RecordingConsumer() }),
    ).rejects.toThrow('already has a consumer');
    await first.stop();
    const second = await log.consume({ topics: ['control'], group: 'projector', consumer: new RecordingConsumer() });
    await second.stop();
    await log.close();
  });

  it('keeps what it was given across a restart', async () => {
    const before = await open(dir);
    await before.prepare({ topics: ['control'], partitions: ONE_PARTITION_EACH });
    await before.append('control', [message('a', 'kept')]);
    await before.close();
    const after = await open(dir);
    await after.prepare({ topics: ['control'], partitions: ONE_PARTITION_EACH });
    expect(await after.ends('control')).toEqual([1]);
    await after.close();
    await expect(after.append('control', [message('a', 'late')])).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});
