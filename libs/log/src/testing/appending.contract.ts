import { messageSha256, partitionOfKey, type Position, type RawHeaders, type RawMessage } from '@logbook/contracts';
import { LogMismatchError, MessageTooLargeError } from '@logbook/core';
import { message, type LogUnderTest } from '../log.contract.js';
import { CONTRACT_MESSAGE_BYTES_MAX, CONTRACT_PARTITIONS, CONTRACT_TIMEOUT_MS } from './contract-settings.js';

export function describeAppending(current: () => LogUnderTest): void {
  it('resolves an append with the position of every message', async () => {
    const { log } = current();
    const positions = await log.append('events', [message('a', '1'), message('b', '2'), message('a', '3')]);
    expect(positions).toHaveLength(3);
    const read = await Promise.all(positions.map((position) => log.read(position)));
    expect(read.map((stored) => stored?.value?.toString())).toEqual(['1', '2', '3']);
    expect(read.map((stored) => stored?.key?.toString())).toEqual(['a', 'b', 'a']);
    expect(read.map((stored) => stored?.headers['ce_id']?.toString())).toEqual(['id', 'id', 'id']);
  });

  it('keeps every byte of key, headers and value', async () => {
    const { log } = current();
    const value = Buffer.from([0, 255, 10, 13, 0xc3, 0x28]);
    const [position] = await log.append('commands', [
      message('käy/\u0000', value, { ce_agent: 'ä"\\', ce_empty: '', ce_person: 'p' }),
    ]);
    const stored = await log.read(position as Position);
    expect(stored?.value).toEqual(value);
    expect(stored?.key).toEqual(Buffer.from('käy/\u0000'));
    expect(stored?.headers['ce_agent']).toEqual(Buffer.from('ä"\\'));
    expect(stored?.headers['ce_empty']).toEqual(Buffer.from(''));
    expect(stored?.headers['ce_person']).toBe('p');
  });

  it('keeps every byte where the length of a length grows', async () => {
    const { log } = current();
    const lengths = [0, 1, 63, 64, 65, 8_150, 8_191, 8_192, 8_193];
    const messages = lengths.flatMap((length) => [
      message('a', 'v'.repeat(length), { ce_agent: 'h', n: 'ä' }),
      message('a', 'value', { ce_agent: 'h'.repeat(length), ce_person: 'ä'.repeat(length) }),
      message('a', 'value', { ['n'.repeat(length + 1)]: 'name' }),
      message('k'.repeat(length + 1), 'value'),
    ]);
    const positions = await log.append('events', messages);
    const read = await Promise.all(positions.map((position) => log.read(position)));
    expect(read.map((stored) => messageSha256(stored as RawMessage))).toEqual(
      messages.map((each) => messageSha256({ ...each, key: Buffer.from(each.key) })),
    );
  });

  it('puts a key in the partition that partitionOfKey names', async () => {
    const { log } = current();
    const keys = Array.from({ length: 40 }, (_, index) => `tenant/session-${index}`);
    const positions = await log.append(
      'events',
      keys.map((key) => message(key, key)),
    );
    const expected = keys.map((key) => partitionOfKey(key, CONTRACT_PARTITIONS.events));
    expect(positions.map(({ partition }) => partition)).toEqual(expected);
    expect(keys.map((key) => log.partitionOf('events', key))).toEqual(expected);
  });

  it('keeps the order of a key through appends that overlap', async () => {
    const { log } = current();
    const counts = Array.from({ length: 300 }, (_, index) => index);
    const positions = await Promise.all(
      counts.map(
        async (count) => (await log.append('events', [message('one', `${count}`), message(`other-${count}`, 'x')]))[0],
      ),
    );
    const offsets = positions.map((position) => position?.offset as number);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
    expect(new Set(offsets).size).toBe(counts.length);
  });

  it('appends a message of another log as it is, also one that only a foreign producer writes', async () => {
    const { log } = current();
    const foreign: RawMessage[] = [
      { key: Buffer.from('text'), headers: { ce_id: Buffer.from('ä'), n: Buffer.from([0xff, 0]) }, value: null },
      { key: null, headers: {}, value: Buffer.alloc(0) },
      { key: Buffer.from([0xc3, 0x28]), headers: { twice: [Buffer.from('1'), Buffer.from([0xfe])] }, value: null },
      // Nothing of it but the repetition is foreign.
      { key: Buffer.from('k'), headers: { twice: [Buffer.from('a'), Buffer.from('b')] }, value: Buffer.from('{}') },
      { key: Buffer.alloc(0), headers: { empty: Buffer.alloc(0) }, value: Buffer.from([0xfd]) },
      // The types of headers do not know null; the bytes of a foreign message do.
      { key: null, headers: { none: null, some: [null, Buffer.from('1')] } as unknown as RawHeaders, value: null },
    ];
    const positions = await log.append('events', foreign);
    expect(positions[1]?.partition).toBe(0);
    expect(positions.map(({ partition }) => partition)).toEqual(
      foreign.map(({ key }) => log.partitionOf('events', key)),
    );
    const read = await Promise.all(positions.map((position) => log.read(position)));
    expect(read.map((stored) => messageSha256(stored as RawMessage))).toEqual(foreign.map(messageSha256));
    const again = await log.append('events', read as RawMessage[]);
    expect(await Promise.all(again.map((position) => log.read(position)))).toMatchObject(foreign);
  });

  it('appends nothing for an empty list', async () => {
    await expect(current().log.append('events', [])).resolves.toEqual([]);
  });

  it('tells the end and the start of every partition', async () => {
    const { log } = current();
    expect(await log.ends('events')).toEqual([0, 0, 0, 0]);
    const positions = await log.append('events', [message('a', '1'), message('a', '2'), message('b', '3')]);
    const ends = [0, 0, 0, 0];
    for (const { partition } of positions) ends[partition] = (ends[partition] ?? 0) + 1;
    expect(await log.ends('events')).toEqual(ends);
    expect(await log.starts('events')).toEqual([0, 0, 0, 0]);
  });

  it('reads nothing where the log holds nothing', async () => {
    const { log } = current();
    const [position] = await log.append('control', [message('a', '1')]);
    await expect(log.read({ ...(position as Position), offset: 1 as Position['offset'] })).resolves.toBeUndefined();
    await expect(log.read({ ...(position as Position), offset: 5_000 as Position['offset'] })).resolves.toBeUndefined();
  });

  it(
    'takes a message at the limit and refuses one over it, appending nothing',
    async () => {
      const { log } = current();
      const inside = Buffer.alloc(CONTRACT_MESSAGE_BYTES_MAX, 'x');
      const outside = Buffer.alloc(CONTRACT_MESSAGE_BYTES_MAX + 1, 'x');
      await expect(log.append('control', [message('a', 'first'), message('a', outside)])).rejects.toThrow(
        MessageTooLargeError,
      );
      expect(await log.ends('control')).toEqual([0]);
      // Incompressible, so that no driver passes this by compressing.
      for (let at = 0; at < inside.length; at += 4) inside.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
      const [position] = await log.append('control', [message('a', inside)]);
      expect((await log.read(position as Position))?.value?.equals(inside)).toBe(true);
    },
    CONTRACT_TIMEOUT_MS,
  );

  it('refuses key and headers that would not fit beside a value at the limit', async () => {
    const oversized = message('a', 'v', { ce_agent: 'x'.repeat(64 * 1024) });
    await expect(current().log.append('control', [oversized])).rejects.toThrow(MessageTooLargeError);
  });

  it('shows one client what another appended', async () => {
    const { log, openAnother } = current();
    const another = await openAnother();
    try {
      await another.prepare({ topics: ['events'], partitions: CONTRACT_PARTITIONS });
      const [position] = await another.append('events', [message('a', 'theirs')]);
      expect((await log.read(position as Position))?.value?.toString()).toBe('theirs');
    } finally {
      await another.close();
    }
  });

  it('refuses a partition count that is not the log’s', async () => {
    const { openAnother } = current();
    const another = await openAnother();
    try {
      const differing = { ...CONTRACT_PARTITIONS, events: 5 };
      await expect(another.prepare({ topics: ['events'], partitions: differing })).rejects.toThrow(LogMismatchError);
    } finally {
      await another.close();
    }
  });

  it('answers a ping while it takes appends', async () => {
    await expect(current().log.ping()).resolves.toBeUndefined();
  });

  it('refuses to use a topic that was not prepared', async () => {
    const another = await current().openAnother();
    try {
      await expect(another.append('events', [message('a', '1')])).rejects.toThrow('prepared');
      expect(() => another.partitionOf('events', 'a')).toThrow('prepared');
    } finally {
      await another.close();
    }
  });
}
