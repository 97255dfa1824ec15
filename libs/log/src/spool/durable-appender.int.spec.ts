import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EncodedMessage, type FoldedTopic, logId, offset, type PartitionCounts } from '@logbook/contracts';
import { type Log, LogUnavailableError, MessageTooLargeError } from '@logbook/core';
import { eventually } from '@logbook/testing';
import { openEmbeddedLog } from '../embedded/embedded.log.js';
import { FaultyLog } from '../testing/faulty-log.js';
import { DurableAppender, type DurableAppenderOptions } from './durable-appender.js';
import { readSpools } from './spool-status.js';

const LOG = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01');
const PARTITIONS: PartitionCounts = { control: 1, commands: 1, events: 1, 'dead-letters': 1 };
const HOLD_MS = 200;

const message = (id: string): EncodedMessage => ({ key: 'key', headers: { ce_id: id }, value: Buffer.from(id) });

describe('the durable appender', () => {
  let dir: string;
  let log: Log;
  let faulty: FaultyLog;
  let appender: DurableAppender;
  const open = (options: Partial<DurableAppenderOptions> = {}): Promise<DurableAppender> =>
    DurableAppender.open({
      log: faulty,
      dir: join(dir, 'spool'),
      logId: LOG,
      bytesMax: 1024 * 1024,
      messageBytesMax: 1024,
      holdMs: HOLD_MS,
      retryMs: 10,
      ...options,
    });
  const append = async (id: string, topic: FoldedTopic = 'events'): Promise<string> =>
    (await appender.append(topic, [message(id)])).outcome;
  const untilDirect = (): Promise<unknown> =>
    eventually(() => appender.mode === 'DIRECT', { what: 'everything to be in the log' });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-appender-'));
    log = await openEmbeddedLog({ dir: join(dir, 'log'), messageBytesMax: 1024 });
    await log.prepare({ topics: ['commands', 'events'], partitions: PARTITIONS });
    faulty = new FaultyLog(log);
    appender = await open();
  });
  afterEach(async () => {
    await appender.close();
    await log.close();
    await rm(dir, { recursive: true });
  });

  /** The ids in the log, in its order. */
  async function logged(topic: FoldedTopic = 'events'): Promise<string[]> {
    const ids: string[] = [];
    const [end = offset(0)] = await log.ends(topic);
    for (let at = 0; at < end; at += 1) {
      const stored = await log.read({ topic, partition: 0, offset: offset(at) });
      ids.push(String(stored?.headers['ce_id']));
    }
    return ids;
  }

  it('appends to the log while that answers, and says where', async () => {
    await expect(appender.append('events', [message('a')])).resolves.toEqual({
      outcome: 'APPENDED',
      positions: [{ topic: 'events', partition: 0, offset: 0 }],
    });
    expect(appender.mode).toBe('DIRECT');
    expect(appender.figures().messages).toBe(0);
  });

  it('spools what a log that is away refuses, and everything after it without asking that again', async () => {
    faulty.fault = 'REFUSES';
    await expect(append('a')).resolves.toBe('SPOOLED');
    await expect(append('b')).resolves.toBe('SPOOLED');
    expect(appender.mode).toBe('SPOOLING');
    expect(appender.figures().messages).toBe(2);
  });

  it('waits for a silent log no longer than the hold, and not at all once it spools', async () => {
    faulty.fault = 'SILENT';
    const began = performance.now();
    await Promise.all([append('a'), append('b'), append('c')]);
    const held = performance.now() - began;
    expect(held).toBeGreaterThanOrEqual(HOLD_MS - 5);
    const again = performance.now();
    await append('d');
    expect(performance.now() - again).toBeLessThan(held);
    expect(appender.figures().messages).toBe(4);
  });

  it('brings everything to the log in the order it was accepted, with later messages behind it', async () => {
    faulty.fault = 'REFUSES';
    for (const id of ['a', 'b', 'c']) await append(id);
    faulty.fault = 'NONE';
    const later: string[] = [];
    for (let count = 0; appender.mode !== 'DIRECT'; count += 1) {
      later.push(`later-${count}`);
      await append(`later-${count}`);
    }
    await append('direct');
    expect(await logged()).toEqual(['a', 'b', 'c', ...later, 'direct']);
    expect(appender.figures()).toMatchObject({ messages: 0, bytes: 0 });
  });

  it('goes back to the log though messages never cease to come', async () => {
    faulty.fault = 'REFUSES';
    for (const id of ['a', 'b', 'c']) await append(id);
    const outcomes = new Set<string>();
    let stop = false;
    const always = async (): Promise<void> => {
      while (!stop) outcomes.add(await append('busy'));
    };
    const busy = [always(), always(), always()];
    await eventually(() => appender.figures().messages > 10, { what: 'messages to be spooled' });
    outcomes.clear();
    faulty.fault = 'NONE';
    await untilDirect();
    await eventually(() => outcomes.has('APPENDED'), { what: 'messages to go to the log' });
    stop = true;
    await Promise.all(busy);
    expect(appender.mode).toBe('DIRECT');
  });

  it('spools after the hold what waits for the end of the draining when the log falls silent', async () => {
    faulty.fault = 'REFUSES';
    for (const id of ['a', 'b', 'c']) await append(id);
    faulty.silentAfter = faulty.attempts + 1;
    faulty.fault = 'NONE';
    await eventually(() => appender.mode === 'DRAINING', { intervalMs: 1, what: 'the log to take a message' });
    const began = performance.now();
    await expect(append('d')).resolves.toBe('SPOOLED');
    expect(performance.now() - began).toBeLessThan(5 * HOLD_MS);
  });

  it('brings commands to the log before events that were accepted after them', async () => {
    faulty.fault = 'REFUSES';
    await append('register', 'commands');
    await append('event', 'events');
    faulty.fault = 'ANSWER_LOST';
    await eventually(async () => (await logged('commands')).length > 0, { what: 'the command to be in the log' });
    expect(await logged('events')).toEqual([]);
    faulty.fault = 'NONE';
    await untilDirect();
    expect(await logged('events')).toEqual(['event']);
  });

  it('repeats under the same id what may be in the log already, rather than lose it', async () => {
    faulty.fault = 'ANSWER_LOST';
    await append('a');
    faulty.fault = 'NONE';
    await untilDirect();
    expect([...new Set(await logged())]).toEqual(['a']);
    expect((await logged()).length).toBeGreaterThan(1);
  });

  it('keeps a message the log refuses for good aside, and brings the others', async () => {
    const moved: string[] = [];
    await appender.close();
    appender = await open({ onMoved: ({ to, messages }) => moved.push(...Array<string>(messages).fill(to)) });
    faulty.fault = 'REFUSES';
    for (const id of ['a', 'bad', 'c', 'd']) await append(id);
    faulty.refusedForGood.add('bad');
    faulty.fault = 'NONE';
    await untilDirect();
    expect(await logged()).toEqual(['a', 'c', 'd']);
    expect(appender.figures()).toMatchObject({ messages: 0, parkedMessages: 1 });
    const spools = await readSpools(join(dir, 'spool'));
    expect(spools.flatMap(({ parked }) => parked.map(({ reason }) => reason))).toEqual([
      'the broker refused the message',
    ]);
    expect(moved.sort()).toEqual(['LOG', 'LOG', 'LOG', 'PARKED', 'SPOOL', 'SPOOL', 'SPOOL', 'SPOOL']);
  });

  it('refuses a message over the limit whether the log answers or not', async () => {
    const large = [{ ...message('large'), value: Buffer.alloc(1025) }];
    await expect(appender.append('events', large)).rejects.toThrow(MessageTooLargeError);
    expect(appender.mode).toBe('DIRECT');
    faulty.fault = 'REFUSES';
    await append('a');
    await expect(appender.append('events', large)).rejects.toThrow(MessageTooLargeError);
  });

  it('refuses when neither log nor spool takes a message, and takes them again when there is room', async () => {
    await appender.close();
    appender = await open({ bytesMax: 150 });
    faulty.fault = 'REFUSES';
    await append('a');
    const attempt = appender.append('events', [message('b'.repeat(100))]);
    await expect(attempt).rejects.toThrow(LogUnavailableError);
    await expect(appender.spoolAccepts()).resolves.toBe(false);
    faulty.fault = 'NONE';
    await untilDirect();
    await expect(append('c')).resolves.toBe('APPENDED');
  });

  it('goes back to the log when the first message of an outage found no room', async () => {
    await appender.close();
    appender = await open({ bytesMax: 10 });
    faulty.fault = 'REFUSES';
    await expect(append('a')).rejects.toThrow(LogUnavailableError);
    faulty.fault = 'NONE';
    await untilDirect();
    await expect(append('b')).resolves.toBe('APPENDED');
  });

  it('leaves what it could not bring on the disk when it closes, and the next one brings it first', async () => {
    faulty.fault = 'SILENT';
    await append('a');
    await append('b');
    await appender.close();
    appender = await open();
    expect(appender.mode).toBe('SPOOLING');
    await expect(append('c')).resolves.toBe('SPOOLED');
    await appender.close();
    faulty.fault = 'NONE';
    appender = await open();
    await untilDirect();
    expect(await logged()).toEqual(['a', 'b', 'c']);
  });
});
