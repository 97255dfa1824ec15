import { offset } from './brands.js';
import { DEAD_LETTER_FORMS, encodeDeadLetter, type DeadLetterForm } from './dead-letter.js';
import { asRaw, golden } from './golden.fixture.js';
import type { StoredMessage } from './message.js';

const stored = (changes: Partial<StoredMessage> = {}): StoredMessage => ({
  ...asRaw(golden('llm.recorded.v1').encoded),
  topic: 'events',
  partition: 3,
  offset: offset(1234),
  ...changes,
});
const letterOf = (message: StoredMessage, form: DeadLetterForm = 'WHOLE') =>
  encodeDeadLetter({ message, step: 'decode', reason: 'the value is missing' }, form);
const POSITION = { lb_step: 'decode', lb_topic: 'events', lb_partition: '3', lb_offset: '1234' };

describe('encodeDeadLetter', () => {
  it('keeps key, headers and value as they were, and says why, at which step and from where', () => {
    const { encoded } = golden('llm.recorded.v1');
    const headers = Object.fromEntries(
      Object.entries(encoded.headers).map(([name, value]) => [name, Buffer.from(value)]),
    );
    expect(letterOf(stored({ headers }))).toEqual({
      key: encoded.key,
      headers: {
        ...encoded.headers,
        ...POSITION,
        lb_id: 'd4b03506-da4e-89ed-97b6-6c5d03a36b8e',
        lb_reason: 'the value is missing',
      },
      value: encoded.value,
    });
  });

  it('gives a letter the same id however often it is published and in whichever form, and no two letters one', () => {
    const ids = (message: StoredMessage) => DEAD_LETTER_FORMS.map((form) => letterOf(message, form).headers['lb_id']);
    const same = ids(stored());
    expect(new Set(same).size).toBe(1);
    for (const other of [{ offset: offset(1235) }, { partition: 4 }, { topic: 'commands' as const }, { value: null }]) {
      expect(ids(stored(other))).not.toContain(same[0]);
    }
  });

  it("names the subscriber whose letter it is, and is another letter than the projections' or another subscriber's", () => {
    const ofGroup = (group?: string) =>
      encodeDeadLetter({ message: stored(), step: 'handle', reason: 'r', group }, 'WHOLE').headers;
    expect(ofGroup('usage')['lb_group']).toBe('usage');
    expect(ofGroup()).not.toHaveProperty('lb_group');
    expect(new Set([ofGroup(), ofGroup('usage'), ofGroup('usage2')].map((headers) => headers['lb_id'])).size).toBe(3);
    expect(ofGroup('usage')['lb_id']).toBe(ofGroup('usage')['lb_id']);
  });

  it('says what it did with a part that the log takes no such of', () => {
    const { key, headers, value } = letterOf(
      stored({
        key: Buffer.from([0xff, 0]),
        headers: {
          once: [Buffer.from('one')],
          twice: [Buffer.from('one'), Buffer.from('two')],
          bytes: Buffer.from([0xff]),
          none: null as unknown as undefined,
        },
        value: null,
      }),
    );
    expect([key, value.length]).toEqual([Buffer.from([0xff, 0]).toString('base64'), 0]);
    expect(headers).toMatchObject({ once: 'one', twice: 'two', bytes: '/w==', none: '' });
    expect(JSON.parse(headers['lb_altered'] ?? '')).toEqual({
      key: 'base64',
      headers: { twice: 'last', bytes: 'base64', none: 'null' },
      value: 'null',
    });
  });

  it('tells a missing key from an empty one', () => {
    expect(letterOf(stored({ key: null })).headers['lb_altered']).toBe('{"key":"null"}');
    expect(letterOf(stored({ key: Buffer.alloc(0) })).headers).not.toHaveProperty('lb_altered');
  });

  it('lets no header of the original pass for one of its own', () => {
    const { headers } = letterOf(stored({ headers: { lb_reason: 'forged', lb_offset: '1' } }));
    expect(headers).toMatchObject({ ...POSITION, lb_reason: 'the value is missing' });
  });

  it('leaves out the value, or everything but the position, and says so', () => {
    const without = letterOf(stored(), 'WITHOUT_VALUE');
    expect(without.value).toHaveLength(0);
    expect(without.headers).toMatchObject({ ...POSITION, ce_id: golden('llm.recorded.v1').message.id });
    expect(without.headers['lb_altered']).toBe('{"value":"omitted"}');
    const bare = letterOf(stored(), 'POSITION_ALONE');
    expect([bare.key, bare.value.length]).toEqual(['', 0]);
    expect(Object.keys(bare.headers).every((name) => name.startsWith('lb_'))).toBe(true);
    expect(JSON.parse(bare.headers['lb_altered'] ?? '')).toEqual({
      key: 'omitted',
      headers: 'omitted',
      value: 'omitted',
    });
  });
});
