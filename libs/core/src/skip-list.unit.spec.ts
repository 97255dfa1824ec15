import { encodeMessage, messageSha256, type MessageSkipped, type RawMessage, tenant } from '@logbook/contracts';
import { SkipList, skipKeyOf } from './skip-list.js';

const person = (personId: string, propertiesJson = '{}'): RawMessage => {
  const { key, headers, value } = encodeMessage({
    type: 'com.logbook.person.register.v1',
    id: 'm1',
    timeMs: 1,
    source: 'test',
    tenant: tenant('acme'),
    personId,
    propertiesJson,
  });
  return { key: Buffer.from(key), headers, value };
};

const skipOf = (message: RawMessage, fields: Partial<MessageSkipped> = {}): MessageSkipped => ({
  type: 'com.logbook.message.skipped.v1',
  id: 's1',
  timeMs: 100,
  source: 'test',
  topic: 'commands',
  key: skipKeyOf(message),
  sha256: messageSha256(message).toString('hex'),
  reason: 'refused',
  ...fields,
});

describe('SkipList', () => {
  it('skips nothing while control names nothing', () => {
    const skips = new SkipList();
    expect([skips.size, skips.reasonOf('commands', person('p'))]).toEqual([0, undefined]);
  });

  it('skips a message by its bytes, whatever position it has and however its headers are delivered', () => {
    const skips = new SkipList();
    skips.add(skipOf(person('é')));
    const message = person('é');
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, [Buffer.from(value as string)]]),
    );
    expect(skips.reasonOf('commands', message)).toBe('refused');
    expect(skips.reasonOf('commands', { ...message, headers })).toBe('refused');
  });

  it('leaves alone another message of the same key, and the same message in another topic', () => {
    const skips = new SkipList();
    skips.add(skipOf(person('p')));
    expect(skips.reasonOf('commands', person('p', '{"n":1}'))).toBeUndefined();
    expect(skips.reasonOf('events', person('p'))).toBeUndefined();
  });

  it('leaves alone a message with the hash of a skip under another key: the two would not be one message', () => {
    const skips = new SkipList();
    skips.add(skipOf(person('p'), { key: 'acme/people/q' }));
    expect(skips.reasonOf('commands', person('p'))).toBeUndefined();
  });

  it('tells a message without a key from one whose key is empty', () => {
    const skips = new SkipList();
    const without = { ...person('p'), key: null };
    skips.add(skipOf(without));
    expect(skips.reasonOf('commands', without)).toBe('refused');
    expect(skips.reasonOf('commands', { ...without, key: Buffer.alloc(0) })).toBeUndefined();
  });

  it('takes what is skipped twice for skipped once, for the reason given first', () => {
    const skips = new SkipList();
    skips.add(skipOf(person('p')));
    skips.add(skipOf(person('p'), { reason: 'another', timeMs: 200 }));
    expect(skips.all()).toMatchObject([{ key: 'acme/people/p', reason: 'refused', skippedAtMs: 100 }]);
  });

  it('counts what was skipped since a time, that time included', () => {
    const skips = new SkipList();
    for (const timeMs of [100, 200, 300]) skips.add(skipOf(person(`p${timeMs}`), { timeMs }));
    expect([skips.countSince(200), skips.countSince(201), skips.countSince(301)]).toEqual([2, 1, 0]);
  });
});
