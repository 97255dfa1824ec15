import type { RawHeaders, StoredMessage } from '@logbook/contracts';
import type { Batch } from '@logbook/core';
import { DRIVERS, event, EVENT_BYTES_MAX, Following, poisoned, START_TIMEOUT_MS } from '../following.contract.js';

/** Headers as texts: one driver delivers bytes, as the other does, but what was appended were texts. */
const texts = (headers: RawHeaders): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

describe.each(DRIVERS)('dead letters of a projector on the %s drivers', (driver) => {
  let following: Following;
  let number = 0;

  beforeAll(async () => {
    following = await Following.start(driver);
  }, START_TIMEOUT_MS);
  afterAll(() => following.stop(), START_TIMEOUT_MS);
  beforeEach(() => following.newGeneration());

  const apply = async (batch: Batch, log = following.log): Promise<unknown> => {
    const { topic, partition, from } = batch;
    const projection = following.projection({ log });
    await projection.startPosition({ topic, partition });
    await following.store.pool.query(
      `UPDATE gen_1.checkpoints SET next_offset = $1 WHERE topic = $2 AND partition = $3`,
      [from, topic, partition],
    );
    return projection.apply(batch);
  };
  const published = (): Promise<StoredMessage[]> => following.topic('dead-letters');
  const sound = () => event((number += 1), null, { session: 'dead' });

  it('are published with key, headers and bytes of the original, why, at which step and from where', async () => {
    const original = poisoned(sound());
    const batch = await following.append('events', [sound(), original, sound()]);
    const before = await published();
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    const [letter, ...others] = (await published()).slice(before.length);
    expect(others).toEqual([]);
    expect([letter?.key?.toString(), letter?.value?.toString()]).toEqual([original.key, original.value.toString()]);
    expect(texts(letter?.headers ?? {})).toEqual({
      ...original.headers,
      lb_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      lb_reason: 'ce_time is not a time in UTC: "yesterday"',
      lb_step: 'decode',
      lb_topic: 'events',
      lb_partition: String(batch.partition),
      lb_offset: String(batch.messages[1]?.offset),
    });
    expect(await following.metrics.text()).toContain(
      'logbook_dead_letters_published_total{topic="events",step="decode"} 1',
    );
    expect(await following.rows('events')).toHaveLength(2);
  });

  it('are published again, with the same id, where the commit after the publication was lost', async () => {
    const batch = await following.append('events', [poisoned(sound())]);
    const before = (await published()).length;
    await apply(batch);
    await following.newGeneration();
    await apply(batch);
    const letters = (await published()).slice(before);
    expect(letters).toHaveLength(2);
    expect(new Set(letters.map(({ headers }) => String(headers['lb_id']))).size).toBe(1);
  });

  it('are published without the value where the topic takes no message that large, and say so', async () => {
    const large = poisoned(event((number += 1), null, { session: 'dead', body: Buffer.alloc(4_096, ' ') }));
    const batch = await following.append('events', [large]);
    const before = (await published()).length;
    const narrow = await following.openLog(1_024);
    await following.follow(narrow);
    await expect(apply(batch, narrow)).resolves.toBe('CONSUMED');
    const [letter] = (await published()).slice(before);
    expect([letter?.key?.toString(), letter?.value?.length]).toEqual([large.key, 0]);
    expect(String(letter?.headers['lb_altered'])).toBe('{"value":"omitted"}');
    expect(await following.rows('dead_letters')).toHaveLength(1);
  });

  it('keep a value at the limit of its topic: the limit of a value leaves room for what is added', async () => {
    const body = Buffer.alloc(EVENT_BYTES_MAX, 'x');
    const batch = await following.append('events', [poisoned(event((number += 1), null, { session: 'dead', body }))]);
    const before = (await published()).length;
    await apply(batch);
    const [letter] = (await published()).slice(before);
    expect(letter?.value?.equals(body)).toBe(true);
    expect(letter?.headers).not.toHaveProperty('lb_altered');
  });

  it('are recorded but not published by a generation that has not caught up with the log', async () => {
    const batch = await following.append('events', [poisoned(sound()), sound()]);
    const before = (await published()).length;
    await following.newGeneration({ behind: true });
    await expect(apply(batch)).resolves.toBe('CONSUMED');
    expect(await following.rows('dead_letters')).toHaveLength(1);
    expect(await published()).toHaveLength(before);
  });
});
