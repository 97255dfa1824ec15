import {
  encodeMessage,
  eventId,
  fingerprintId,
  HEADERS,
  messageSha256,
  offset,
  tenant,
  type LlmRecorded,
  type LogbookMessage,
  type StoredMessage,
  type Topic,
} from '@logbook/contracts';
import { ConsumptionHaltedError } from '@logbook/core';
import { admitCommands, admitEvents, type Skips } from './admit.js';

const event: LlmRecorded = {
  type: 'com.logbook.llm.recorded.v1',
  id: eventId('0198c0de-0000-7000-8000-000000000001'),
  timeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  source: 'test',
  tenant: tenant('acme'),
  fingerprintId: fingerprintId('0198c0de-0000-8000-8000-000000000001'),
  agentName: 'default',
  agentVersionName: 'default',
  personId: null,
  session: 's',
  summary: null,
  body: Buffer.from('{"properties":{}}'),
};

function stored(message: LogbookMessage, topic: Topic, changes: Partial<StoredMessage> = {}): StoredMessage {
  const { key, headers, value } = encodeMessage(message);
  return { topic, partition: 2, offset: offset(9), key: Buffer.from(key), headers, value, ...changes };
}

describe('admitEvents', () => {
  it('admits an event with its position and the size of its value', () => {
    const { messages, deadLetters } = admitEvents([stored(event, 'events')]);
    expect(messages).toEqual([{ message: event, position: { topic: 'events', partition: 2, offset: 9 }, bytes: 17 }]);
    expect(deadLetters).toEqual([]);
  });

  it('turns what cannot be decoded into a dead letter that names the message and its time', () => {
    const raw = stored(event, 'events', { value: null });
    expect(admitEvents([raw])).toEqual({
      messages: [],
      deadLetters: [
        {
          topic: 'events',
          partition: 2,
          offset: 9,
          key: raw.key,
          sha256: messageSha256(raw),
          reason: 'the value is missing',
          step: 'decode',
          recordedAtMs: event.timeMs,
        },
      ],
    });
  });

  // The second is one that Date.parse reads in the time zone of the machine: replays on two machines would differ.
  it.each(['yesterday', '2026-01-01T00:00:00.000', '2026-02-30T00:00:00.000Z'])(
    'gives a dead letter no time where the message has none in UTC: %s',
    (time) => {
      const raw = stored(event, 'events');
      const { deadLetters } = admitEvents([{ ...raw, headers: { ...raw.headers, [HEADERS.time]: time } }]);
      expect(deadLetters).toMatchObject([{ recordedAtMs: null }]);
    },
  );

  it.each([
    '2026-01-02 03:04:05',
    '2026-01-02T03:04:05+01:00',
    'Jan 2 2026',
    '2026-02-30T00:00:00Z',
    '+020000-01-01T00:00:00Z',
  ])(
    'gives a dead letter no time that a machine in another time zone would read otherwise, or none would: %s',
    (time) => {
      const raw = stored(event, 'events');
      const { deadLetters } = admitEvents([{ ...raw, headers: { ...raw.headers, [HEADERS.time]: time } }]);
      expect(deadLetters).toMatchObject([{ recordedAtMs: null }]);
    },
  );

  it('judges nothing that a newer release wrote: it rejects with the place and what to do', () => {
    const raw = stored(event, 'events');
    const newer = { ...raw, headers: { ...raw.headers, [HEADERS.type]: 'com.logbook.llm.recorded.v2' } };
    const admitting = (): unknown => admitEvents([stored(event, 'events'), newer]);
    expect(admitting).toThrow(ConsumptionHaltedError);
    expect(admitting).toThrow(
      'events[2] offset 9: ce_type "com.logbook.llm.recorded.v2" is unknown to this release, so a newer release wrote ' +
        'this log. Run that release or a later one: it goes on from here, nothing was skipped.',
    );
  });

  it('leaves out what control skips before it looks at who wrote it', () => {
    const raw = stored(event, 'events');
    const newer = { ...raw, headers: { ...raw.headers, [HEADERS.type]: 'com.logbook.llm.recorded.v2' } };
    expect(admitEvents([newer], { size: 1, reasonOf: () => 'skipped' }).deadLetters).toMatchObject([{ step: 'apply' }]);
  });

  it.each([
    ['a key of another message', { key: Buffer.from('acme/t') }],
    ['no key', { key: null }],
  ])('refuses an event under %s, whose rows another partition owns', (_, changes) => {
    const { messages, deadLetters } = admitEvents([stored(event, 'events', changes)]);
    expect(messages).toEqual([]);
    expect(deadLetters).toMatchObject([{ reason: 'the key is not that of the message', step: 'decode' }]);
  });

  it('refuses a message of a type that belongs to another topic', () => {
    const { messages, deadLetters } = admitCommands([stored(event, 'commands')]);
    expect(messages).toEqual([]);
    expect(deadLetters).toMatchObject([{ reason: 'ce_type belongs to events, not to commands' }]);
  });

  it('refuses a time that Postgres cannot hold', () => {
    const raw = stored(event, 'events');
    const early = { ...raw, headers: { ...raw.headers, [HEADERS.time]: '0000-12-31T23:59:59.999Z' } };
    expect(admitEvents([early]).deadLetters).toMatchObject([
      { reason: 'ce_time is before the year 1', recordedAtMs: null },
    ]);
  });

  it('refuses a text that would not come back as it was', () => {
    const person: LogbookMessage = {
      type: 'com.logbook.person.register.v1',
      id: 'm1',
      timeMs: event.timeMs,
      source: 'test',
      tenant: event.tenant,
      personId: 'p',
      propertiesJson: '{"a":"\ud800"}',
    };
    const { deadLetters } = admitCommands([stored(person, 'commands')]);
    expect(deadLetters).toMatchObject([{ reason: 'properties_json has a lone surrogate' }]);
  });

  it('goes on with the next message after a poisonous one', () => {
    const { messages, deadLetters } = admitEvents([stored(event, 'events', { value: null }), stored(event, 'events')]);
    expect([messages.length, deadLetters.length]).toEqual([1, 1]);
  });

  it('leaves out what control skips, with the reason given there', () => {
    const skips: Skips = {
      size: 1,
      reasonOf: (topic, { offset: at }) => (topic === 'events' && at === 9 ? 'refused' : undefined),
    };
    const { messages, deadLetters } = admitEvents(
      [stored(event, 'events'), stored(event, 'events', { offset: offset(10) })],
      skips,
    );
    expect(messages.map(({ position }) => position.offset)).toEqual([10]);
    expect(deadLetters).toMatchObject([{ offset: 9, step: 'apply', reason: 'refused' }]);
  });
});
