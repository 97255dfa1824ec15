import { offset, type Offset } from '@logbook/contracts';
import { firstAtOrAfter, LogUnavailableError, type Batch, type Log, type ScanOptions } from '@logbook/core';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from './contract-settings.js';

const numbered = (key: string, count: number) => Array.from({ length: count }, (_, index) => message(key, `${index}`));
const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`);

/** A whole scan; shouts when its batches do not chain. */
export async function scanned(log: Log, options: ScanOptions): Promise<Batch[]> {
  const batches: Batch[] = [];
  let position: Offset = options.from;
  for await (const batch of log.scan(options)) {
    if (batch.messages.length === 0) throw new Error('an empty batch was handed over');
    if (batch.from !== position || batch.next > options.to)
      throw new Error(`a batch went from ${batch.from} to ${batch.next} where ${position} was due`);
    position = batch.next;
    batches.push(batch);
  }
  return batches;
}

export const valuesOf = (batches: readonly Batch[]): string[] =>
  batches.flatMap(({ messages }) => messages.map(({ value }) => value?.toString() ?? ''));

const control = (from: number, to: number): ScanOptions => ({
  topic: 'control',
  partition: 0,
  from: offset(from),
  to: offset(to),
});

export function describeScanning(current: () => LogUnderTest): void {
  it('scans exactly the messages between its bounds', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 25));
    const scan = async (from: number, to: number) => valuesOf(await scanned(log, control(from, to)));
    expect(await scan(0, 25)).toEqual(names(0, 25));
    expect(await scan(7, 8)).toEqual(['7']);
    expect(await scan(24, 25)).toEqual(['24']);
    expect(await scan(0, 0)).toEqual([]);
    expect(await scan(25, 25)).toEqual([]);
  });

  it('scans in batches that join, within the size asked for, and tells the end', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 25));
    const batches = await scanned(log, { ...control(2, 24), batchMessagesMax: 10 });
    expect(batches.map(({ from, next }) => [from, next])).toEqual([
      [2, 12],
      [12, 22],
      [22, 24],
    ]);
    expect(batches.map(({ end }) => end)).toEqual([25, 25, 25]);
  });

  it('refuses to scan what the log does not hold, before it hands anything over', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 10));
    for (const [from, to] of [
      [0, 11],
      [11, 11],
      [5_000, 5_001],
    ] as const) {
      await expect(scanned(log, control(from, to))).rejects.toMatchObject({ reason: 'CHECKPOINT_NOT_IN_LOG' });
    }
    await expect(scanned(log, control(3, 2))).rejects.toThrow(RangeError);
  });

  it('scans up to the bound while the log grows, and tells how far it has grown', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 10));
    const values: string[] = [];
    for await (const batch of log.scan({ ...control(0, 10), batchMessagesMax: 1 })) {
      values.push(...valuesOf([batch]));
      await log.append('control', [message('a', 'later')]);
    }
    expect(values).toEqual(names(0, 10));
    const [last] = await scanned(log, control(9, 10));
    expect(last?.end).toBe(20);
    expect(last?.next).toBe(10);
  });

  it('keeps every byte of key, headers and value through a scan', async () => {
    const { log } = current();
    const [position] = await log.append('commands', [
      message('käy/\u0000', Buffer.from([0, 255, 10, 13, 0xc3, 0x28]), { ce_agent: 'ä"\\', ce_empty: '' }),
    ]);
    const { partition = 0 } = position ?? {};
    const [batch] = await scanned(log, { topic: 'commands', partition, from: offset(0), to: offset(1) });
    const read = position === undefined ? undefined : await log.read(position);
    expect(batch?.messages).toEqual([read]);
  });

  it('scans messages at the limit, each larger than a piece', async () => {
    const { log } = current();
    const values = [1, 2, 3].map((seed) => noise(CONTRACT_MESSAGE_BYTES_MAX, seed));
    for (const value of values) await log.append('control', [message('a', value)]);
    expect(valuesOf(await scanned(log, control(0, 3))).every((value, index) => value === values[index])).toBe(true);
  });

  it(
    'scans every partition at once, beside each other, more than a piece of each',
    async () => {
      const { log } = current();
      const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
      const values = keys.map((key) =>
        Array.from({ length: 50 }, (_, index) => `${key} ${index} ${noise(8_000, index)}`),
      );
      for (const [index, key] of keys.entries()) {
        await log.append('events', values[index]?.map((value) => message(key, value)) ?? []);
      }
      const ends = await log.ends('events');
      const scans = await Promise.all(
        [...ends.entries(), ...ends.entries()].map(([partition, to]) =>
          scanned(log, { topic: 'events', partition, from: offset(0), to }),
        ),
      );
      for (const half of [scans.slice(0, ends.length), scans.slice(ends.length)]) {
        expect(half.map((batches) => batches.reduce((sum, { messages }) => sum + messages.length, 0))).toEqual(ends);
        const byKey = new Map<string, string[]>();
        for (const stored of half.flat().flatMap(({ messages }) => messages)) {
          const key = String(stored.key);
          byKey.set(key, [...(byKey.get(key) ?? []), String(stored.value)]);
        }
        expect(keys.every((key, index) => byKey.get(key)?.join() === values[index]?.join())).toBe(true);
      }
    },
    CONTRACT_TIMEOUT_MS,
  );

  it('is searched for a time by what its messages say, whenever they were appended', async () => {
    const { log } = current();
    const day = (text: string): string => `${text}T00:00:00.000Z`;
    // The second is none in UTC; the fourth is of a clock that was wrong.
    const times = [day('2026-01-02'), '2100-01-01', day('2026-01-01'), day('2100-01-01'), day('2026-01-03')];
    const messages = times.map((time) => message('a', time, { ce_time: time }));
    await log.append('control', [...messages, message('a', 'of no time')]);
    const found = async (time: string, from = 0): Promise<number> =>
      firstAtOrAfter(log, control(from, 6), Date.parse(time));
    expect(await found(day('2026-01-02'))).toBe(0);
    expect(await found('2026-01-02T00:00:00.001Z')).toBe(3);
    expect(await found(day('2100-01-01'))).toBe(3);
    expect(await found('2100-01-01T00:00:00.001Z')).toBe(6);
    expect(await found(day('2026-01-01'), 4)).toBe(4);
    expect(await found(day('2026-01-01'), 6)).toBe(6);
  });

  it('ends quietly when it is aborted, handing over nothing more', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 10));
    const abort = new AbortController();
    const values: string[] = [];
    for await (const batch of log.scan({ ...control(0, 10), batchMessagesMax: 2, signal: abort.signal })) {
      values.push(...valuesOf([batch]));
      abort.abort();
    }
    expect(values).toEqual(['0', '1']);
    expect(await scanned(log, { ...control(0, 10), signal: abort.signal })).toEqual([]);
  });

  it('can be left before its end, and begun again', async () => {
    const { log } = current();
    await log.append('control', numbered('a', 10));
    for await (const batch of log.scan({ ...control(0, 10), batchMessagesMax: 2 })) {
      if (batch.from === 2) break;
    }
    expect(valuesOf(await scanned(log, control(4, 10)))).toEqual(names(4, 10));
  });

  it('rejects when the log is closed under it', async () => {
    const another = await current().openAnother();
    await another.prepare({ topics: ['control'], partitions: CONTRACT_PARTITIONS });
    await another.append('control', numbered('a', 10));
    const scan = another.scan({ ...control(0, 10), batchMessagesMax: 2 })[Symbol.asyncIterator]();
    expect((await scan.next()).done).toBe(false);
    await another.close();
    const rest = (async () => {
      while ((await scan.next()).done !== true);
    })();
    await expect(rest).rejects.toThrow(LogUnavailableError);
    await expect(scanned(another, control(0, 1))).rejects.toThrow(LogUnavailableError);
  });
}

/** Text that hardly compresses, the same for the same seed. */
function noise(length: number, seed: number): string {
  const bytes = Buffer.alloc(length / 2);
  for (let at = 0; at + 4 <= bytes.length; at += 4)
    bytes.writeUInt32LE(Math.imul(at + 1 + seed * 7_919, 2_654_435_761) >>> 0, at);
  return bytes.toString('hex');
}
