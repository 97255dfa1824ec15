import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProcessFactCache } from '@logbook/cache';
import {
  type EncodedMessage,
  EMBEDDED_PARTITION_COUNTS,
  fingerprintId,
  HEADERS,
  issueFingerprintId,
  type Position,
  tenant,
  type Topic,
  TOPICS,
} from '@logbook/contracts';
import { type Appender, type Log, LogUnavailableError } from '@logbook/core';
import { openLog } from '@logbook/log';
import { Metrics } from '@logbook/observability';
import type { EventToRecord } from '../http/use-cases.js';
import { EventRecorder } from './event-recorder.js';
import { FingerprintLookup, type StoredFingerprint } from './fingerprint-lookup.js';
import { Registrar } from './registrar.js';

const acme = tenant('acme');
const secret = 'secret';
const issued = issueFingerprintId({ tenant: acme, contentJson: '{}', secret });
const unknown = fingerprintId('970e9e3c-0b4a-5449-bd7d-ebbfb999dc25');
const EVENT_BYTES_MAX = 4_096;
/** As if the shell let pass what the log does not take. */
const MESSAGE_BYTES_MAX = 2_048;

const event = ({
  text = '{"properties":{}}',
  ...overrides
}: Partial<Omit<EventToRecord, 'bytes'>> = {}): EventToRecord => ({
  tenant: acme,
  text,
  bytes: Buffer.from(text),
  properties: {},
  fingerprintId: issued,
  agentName: 'bot',
  agentVersionName: 'v1',
  personId: null,
  session: null,
  idempotencyKey: null,
  ...overrides,
});

describe('EventRecorder over an embedded log', () => {
  let dir: string;
  let log: Log;
  let appended: { topic: Topic; messages: readonly EncodedMessage[] }[];
  let away: (topic: Topic) => boolean;
  let positions: Position[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'logbook-recorder-'));
    log = await openLog({ kind: 'embedded', dir, messageBytesMax: MESSAGE_BYTES_MAX, clientId: 'test' });
    await log.prepare({ topics: TOPICS, partitions: EMBEDDED_PARTITION_COUNTS });
    appended = [];
    positions = [];
    away = () => false;
  });
  afterEach(async () => {
    await log.close();
    await rm(dir, { recursive: true });
  });

  const recorder = (stored: StoredFingerprint = () => Promise.resolve(false)) => {
    const near = inProcessFactCache();
    const metrics = new Metrics({ defaults: false });
    const observed: Appender = {
      append: async (topic, messages) => {
        appended.push({ topic, messages });
        if (away(topic)) throw new LogUnavailableError('away');
        const at = await log.append(topic, messages);
        if (topic === 'events') positions.push(...at);
        return { outcome: 'APPENDED', positions: at };
      },
    };
    const events = new EventRecorder({
      appender: observed,
      fingerprints: new FingerprintLookup({ near, shared: near, secret, stored }),
      registrar: new Registrar(observed, { near, shared: near }, metrics),
      metrics,
      eventBytesMax: EVENT_BYTES_MAX,
      redactHeaders: [],
    });
    return { events, metrics };
  };
  const eventsInLog = async () => {
    const messages = await Promise.all(positions.map((position) => log.read(position)));
    return messages.map((message) => ({
      id: String(message?.headers[HEADERS.id]),
      text: String(message?.value),
    }));
  };
  const idsOf = (outcomes: readonly object[]) => outcomes.map((outcome) => (outcome as { id?: string }).id);

  it('a batch is one append of commands and one of events, in the order of the batch', async () => {
    const { events, metrics } = recorder();
    const batch = Array.from({ length: 100 }, (_, index) =>
      event({ text: `{"n":${index}}`, session: 's', personId: `p${index % 3}` }),
    );
    const outcomes = await events.recordAll(batch);
    expect(appended.map(({ topic, messages }) => [topic, messages.length])).toEqual([
      ['commands', 5],
      ['events', 100],
    ]);
    expect((await eventsInLog()).map(({ id }) => id)).toEqual(idsOf(outcomes));
    expect((await eventsInLog()).map(({ text }) => text)).toEqual(batch.map(({ text }) => text));
    expect(await metrics.text()).toContain('logbook_events_accepted_total 100');
  });

  it('each fingerprint of a batch is looked up once, and an unknown one refuses its events alone', async () => {
    const stored = jest.fn(() => Promise.resolve(false));
    const { events } = recorder(stored);
    const outcomes = await events.recordAll([
      event(),
      event({ fingerprintId: unknown, agentName: 'nobody' }),
      event({ fingerprintId: unknown }),
      event(),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      'RECORDED',
      'FINGERPRINT_NOT_FOUND',
      'FINGERPRINT_NOT_FOUND',
      'RECORDED',
    ]);
    expect(stored).toHaveBeenCalledTimes(1);
    expect(JSON.stringify(appended)).not.toContain('nobody');
  });

  it('the same key in one session is one event, the first, with one id in every result', async () => {
    const { events } = recorder();
    const outcomes = await events.recordAll([
      event({ session: 's', idempotencyKey: 'k', text: '{"first":true}' }),
      event({ session: 's', idempotencyKey: 'k', text: '{"first":false}' }),
      event({ session: 'other', idempotencyKey: 'k', text: '{"other":true}' }),
    ]);
    const [first, repeat, other] = idsOf(outcomes);
    expect([first === repeat, first === other]).toEqual([true, false]);
    expect(await eventsInLog()).toEqual([
      { id: first, text: '{"first":true}' },
      { id: other, text: '{"other":true}' },
    ]);
  });

  it('a key whose first event is refused is free for the next', async () => {
    const { events } = recorder();
    const outcomes = await events.recordAll([
      event({ idempotencyKey: 'k', text: 'x'.repeat(EVENT_BYTES_MAX + 1) }),
      event({ idempotencyKey: 'k' }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['TOO_LARGE', 'RECORDED']);
  });

  it('an event that the log cannot hold is refused alone', async () => {
    const { events } = recorder();
    const outcomes = await events.recordAll([
      event({ text: '{"n":1}' }),
      event({ text: 'x'.repeat(MESSAGE_BYTES_MAX + 1) }),
      event({ text: '{"n":2}' }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['RECORDED', 'TOO_LARGE', 'RECORDED']);
    expect((await eventsInLog()).map(({ text }) => text).sort()).toEqual(['{"n":1}', '{"n":2}']);
  });

  it('events are UNAVAILABLE when the log is away, and those refused before stay refused', async () => {
    const { events } = recorder();
    away = () => true;
    const outcomes = await events.recordAll([event(), event({ fingerprintId: unknown })]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['UNAVAILABLE', 'FINGERPRINT_NOT_FOUND']);
    expect((await events.record(event())).outcome).toBe('UNAVAILABLE');
  });

  it('credentials in extra_headers do not reach the log', async () => {
    const { events } = recorder();
    const text = (value: string) => `{ "properties":{"inputs":{"extra_headers":{"Authorization":${value}}}}}`;
    await events.recordAll([event({ text: text('"Bearer s3cr3t"') }), event()]);
    expect((await eventsInLog()).map((each) => each.text)).toEqual([text('"[redacted]"'), event().text]);
  });

  it('nothing is appended for a batch of which nothing is left', async () => {
    const { events } = recorder();
    await events.recordAll([event({ fingerprintId: unknown })]);
    expect(appended).toEqual([]);
  });
});
