import { readdir, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EncodedMessage, logId } from '@logbook/contracts';
import { LogMismatchError, LogUnavailableError, MessageTooLargeError } from '@logbook/core';
import { Spool, type SpoolOptions } from './spool.js';
import { frameEntry } from './spool-entry.js';
import { readSpools } from './spool-status.js';

const LOG = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a01');
const OTHER_LOG = logId('5b0a3f5e-7a54-4b57-9d5c-0f6f3c1c8a02');
const ALL = { messagesMax: 1_000, bytesMax: 1024 * 1024 };

const event = (id: string, bytes = 20): EncodedMessage => ({
  key: `key of ${id}`,
  headers: { ce_id: id, ce_time: '2026-01-01T00:00:00.000Z' },
  value: Buffer.alloc(bytes, id),
});
const idsOf = (spool: Spool, limits = ALL): string[] =>
  spool.next(limits)?.entries.map(({ message }) => message.headers['ce_id'] ?? '') ?? [];
const bytesOf = (message: EncodedMessage): number => frameEntry('events', message, Date.now()).length;

describe('the spool', () => {
  let dir: string;
  const opened: Spool[] = [];
  const open = async (options: Partial<SpoolOptions> = {}): Promise<Spool> => {
    const spool = await Spool.open({ dir, logId: LOG, bytesMax: 1024 * 1024, messageBytesMax: 64 * 1024, ...options });
    opened.push(spool);
    return spool;
  };
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-spool-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((spool) => spool.close()));
    await rm(dir, { recursive: true });
  });

  it('gives back what was put, as it was put and in that order', async () => {
    const spool = await open();
    const odd: EncodedMessage = { key: 'ключ\u0000', headers: { ce_id: 'a', empty: '' }, value: Buffer.from([0, 255]) };
    await Promise.all([spool.put('commands', [odd]), spool.put('events', [event('b'), event('c')])]);
    const entries = spool.next(ALL)?.entries ?? [];
    expect(entries.map(({ topic, message }) => ({ topic, message }))).toEqual([
      { topic: 'commands', message: odd },
      { topic: 'events', message: event('b') },
      { topic: 'events', message: event('c') },
    ]);
  });

  it('reads a batch within its limits, and one message however large it is', async () => {
    const spool = await open();
    await spool.put('events', [event('a', 5_000), event('b', 5_000), event('c', 10)]);
    expect(idsOf(spool, { messagesMax: 2, bytesMax: 1024 * 1024 })).toEqual(['a', 'b']);
    expect(idsOf(spool, { messagesMax: 10, bytesMax: 6_000 })).toEqual(['a']);
    expect(idsOf(spool, { messagesMax: 10, bytesMax: 1 })).toEqual(['a']);
  });

  it('forgets what was removed and goes on behind it', async () => {
    const spool = await open();
    await spool.put('events', [event('a'), event('b'), event('c')]);
    await spool.remove(spool.next({ ...ALL, messagesMax: 2 }) as NonNullable<ReturnType<Spool['next']>>);
    expect(idsOf(spool)).toEqual(['c']);
    expect(spool.figures()).toMatchObject({ messages: 1, bytes: bytesOf(event('c')) });
    expect(spool.isEmpty).toBe(false);
    await spool.remove(spool.next(ALL) as NonNullable<ReturnType<Spool['next']>>);
    expect(spool.figures()).toMatchObject({ messages: 0, bytes: 0, oldestAtMs: null });
    expect(spool.isEmpty).toBe(true);
  });

  it('is not empty while a message is on its way to the disk', async () => {
    const spool = await open();
    const put = spool.put('events', [event('a')]);
    expect(spool.isEmpty).toBe(false);
    await put;
  });

  it('takes messages up to its bound and not one byte more', async () => {
    const bytesMax = 3 * bytesOf(event('a'));
    const spool = await open({ bytesMax });
    await spool.put('events', [event('a'), event('b')]);
    await expect(spool.put('events', [event('c', 21)])).rejects.toThrow(LogUnavailableError);
    await spool.put('events', [event('c')]);
    expect(spool.figures().bytes).toBe(bytesMax);
    await expect(spool.put('events', [event('d', 0)])).rejects.toThrow(/the spool is full: it holds \d+ of \d+ bytes/);
    await spool.remove(spool.next({ ...ALL, messagesMax: 1 }) as NonNullable<ReturnType<Spool['next']>>);
    await spool.put('events', [event('d')]);
    expect(idsOf(spool)).toEqual(['b', 'c', 'd']);
  });

  it('counts messages that are on their way to the disk against its bound', async () => {
    const spool = await open({ bytesMax: 3 * bytesOf(event('a')) });
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => spool.put('events', [event(id)])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
  });

  it('refuses what the log would refuse, before anything is kept', async () => {
    const spool = await open({ messageBytesMax: 100 });
    await expect(spool.put('events', [event('a', 100), event('b', 101)])).rejects.toThrow(MessageTooLargeError);
    expect(spool.isEmpty).toBe(true);
  });

  it('keeps a refused message aside with its reason, counts it, and goes on', async () => {
    const spool = await open();
    await spool.put('events', [event('a'), event('b')]);
    const first = spool.next({ ...ALL, messagesMax: 1 }) as NonNullable<ReturnType<Spool['next']>>;
    await spool.park(first, 'too large');
    expect(idsOf(spool)).toEqual(['b']);
    expect(spool.figures()).toMatchObject({ messages: 1, parkedMessages: 1, parkedBytes: bytesOf(event('a')) });
    const [status] = await readSpools(dir);
    expect(status?.parked.map(({ message, reason }) => [message.headers['ce_id'], reason])).toEqual([
      ['a', 'too large'],
    ]);
  });

  it('offers refused messages to the log again when the next process starts', async () => {
    const spool = await open();
    await spool.put('events', [event('a'), event('b')]);
    await spool.park(spool.next({ ...ALL, messagesMax: 1 }) as NonNullable<ReturnType<Spool['next']>>, 'too large');
    await spool.close();
    const next = await open();
    expect(idsOf(next)).toEqual(['b', 'a']);
    expect(next.figures()).toMatchObject({ messages: 2, parkedMessages: 0, parkedBytes: 0 });
  });

  it('adopts what a stopped process has left, drains it before its own, and leaves no directory behind', async () => {
    const left = await open();
    await left.put('events', [event('a'), event('b')]);
    await left.close();
    const spool = await open();
    await spool.put('events', [event('c')]);
    const drained: string[] = [];
    for (let batch = spool.next(ALL); batch !== undefined; batch = spool.next(ALL)) {
      drained.push(...batch.entries.map(({ message }) => message.headers['ce_id'] ?? ''));
      await spool.remove(batch);
    }
    expect(drained).toEqual(['a', 'b', 'c']);
    await spool.close();
    expect(await readdir(dir)).toEqual([]);
  });

  it('leaves the spool of a running process alone', async () => {
    const running = await open();
    await running.put('events', [event('a')]);
    const other = await open();
    expect(other.isEmpty).toBe(true);
    expect(idsOf(running)).toEqual(['a']);
  });

  it('lets one of several starting processes adopt a directory', async () => {
    const left = await open();
    await left.put('events', [event('a')]);
    await left.close();
    const starting = await Promise.all([open(), open(), open()]);
    expect(starting.map((spool) => idsOf(spool)).filter((ids) => ids.length > 0)).toEqual([['a']]);
  });

  it('counts adopted messages against the bound', async () => {
    const left = await open();
    await left.put('events', [event('a'), event('b')]);
    await left.close();
    const spool = await open({ bytesMax: 2 * bytesOf(event('a')) });
    await expect(spool.put('events', [event('c')])).rejects.toThrow(LogUnavailableError);
  });

  it('refuses messages for another log with a sentence, and keeps them', async () => {
    const left = await open({ logId: OTHER_LOG });
    await left.put('events', [event('a'), event('b')]);
    await left.close();
    await expect(open()).rejects.toThrow(LogMismatchError);
    await expect(open()).rejects.toThrow(
      `holds 2 accepted messages for log ${OTHER_LOG}, but this is log ${LOG}: start a gateway on the log they are for`,
    );
    expect(idsOf(await open({ logId: OTHER_LOG }))).toEqual(['a', 'b']);
  });

  it('removes the empty spool of another log', async () => {
    await (await open({ logId: OTHER_LOG })).close();
    const spool = await open();
    expect(spool.isEmpty).toBe(true);
  });

  it('is read beside its process: whose it is, how much it holds and since when', async () => {
    const spool = await open();
    const before = Date.now();
    await spool.put('events', [event('a'), event('b')]);
    const [status, ...others] = await readSpools(dir);
    expect(others).toEqual([]);
    expect(status).toMatchObject({ owner: { pid: process.pid }, logId: LOG, messages: 2, parked: [] });
    expect(status?.bytes).toBe(bytesOf(event('a')) + bytesOf(event('b')));
    expect(status?.oldestAtMs).toBeGreaterThanOrEqual(before);
    await spool.close();
    expect((await readSpools(dir)).map(({ owner, messages }) => ({ owner, messages }))).toEqual([
      { owner: null, messages: 2 },
    ]);
  });

  it('shows no spool where there is none', async () => {
    await expect(readSpools(join(dir, 'missing'))).resolves.toEqual([]);
  });
});
