import {
  eventId,
  fingerprintId,
  offset,
  SUMMARY_EXTRACTOR_VERSION,
  tenant,
  type LlmRecorded,
} from '@logbook/contracts';
import fc from 'fast-check';
import type { FoldedMessage } from '../admit.js';
import { eventRefText, foldEvents, FOLD_1_EXTRACTOR_VERSION, needsOfEvents, sessionKeyOf } from './events.fold.js';
import type { EventRow, SessionRow } from './tables.js';

const acme = tenant('acme');

/** The tables, in memory: what a slice is loaded from and changes are written to. */
class Tables {
  readonly events = new Map<string, EventRow>();
  readonly sessions = new Map<string, SessionRow>();

  fold(messages: readonly FoldedMessage<LlmRecorded>[]): this {
    const needs = needsOfEvents(messages);
    const slice = {
      events: new Set(
        needs.events.map((ref) => eventRefText(ref.tenant, ref.eventId)).filter((ref) => this.events.has(ref)),
      ),
      sessions: new Map([...this.sessions].filter(([key]) => needs.sessionKeys.includes(key))),
    };
    const changes = foldEvents(slice, messages);
    for (const row of changes.events) this.events.set(eventRefText(row.tenant, row.eventId), row);
    for (const row of changes.sessions) this.sessions.set(row.sessionKey, row);
    return this;
  }

  session(name: string): SessionRow | undefined {
    return this.sessions.get(sessionKeyOf(acme, name));
  }

  rows(): object {
    const sorted = <V>(rows: Map<string, V>): [string, V][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return { events: sorted(this.events), sessions: sorted(this.sessions) };
  }
}

type EventFields = Partial<Omit<LlmRecorded, 'id' | 'type'>>;

function event(number: number, fields: EventFields = {}): FoldedMessage<LlmRecorded> {
  const message: LlmRecorded = {
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(`0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`),
    timeMs: number,
    source: 'test',
    tenant: acme,
    fingerprintId: fingerprintId('0198c0de-0000-8000-8000-000000000001'),
    agentName: 'default',
    agentVersionName: 'default',
    personId: null,
    session: 's',
    summary: { extractor: 1, api: null, model: null, inputTokens: 10, outputTokens: 1 },
    body: Buffer.from('{}'),
    ...fields,
  };
  return { message, position: { topic: 'events', partition: 3, offset: offset(number) }, bytes: message.body.length };
}

describe('foldEvents', () => {
  it('carries the extractor its rows were made by: a newer one needs a new fold version', () => {
    expect(FOLD_1_EXTRACTOR_VERSION).toBe(SUMMARY_EXTRACTOR_VERSION);
  });

  it('begins a session with its first event and adds the later ones', () => {
    const tables = new Tables().fold([
      event(5, { agentName: 'a', agentVersionName: 'v', personId: 'p' }),
      event(3, { agentName: 'b', personId: null }),
      event(9, { personId: 'q', summary: null }),
    ]);
    expect(tables.session('s')).toMatchObject({
      agentName: 'a',
      agentVersionName: 'v',
      personId: 'q',
      createdAtMs: 5,
      lastEventAtMs: 9,
      eventCount: 3,
      inputTokens: 20,
      outputTokens: 2,
    });
  });

  it('keeps the person of a session when later events name none', () => {
    expect(new Tables().fold([event(1, { personId: 'p' }), event(2)]).session('s')?.personId).toBe('p');
  });

  it('gives an event without a session no session', () => {
    const tables = new Tables().fold([event(1, { session: null })]);
    expect(tables.sessions.size).toBe(0);
    expect([...tables.events.values()]).toEqual([
      expect.objectContaining({ session: null, sessionKey: null, logPartition: 3, logOffset: 1 }),
    ]);
  });

  it('counts an id once, and the first stands', () => {
    const tables = new Tables().fold([event(1, { agentName: 'first' }), event(1, { agentName: 'second' })]);
    tables.fold([event(1, { agentName: 'third' })]);
    expect([...tables.events.values()].map((row) => row.agentName)).toEqual(['first']);
    expect(tables.session('s')?.eventCount).toBe(1);
  });

  it('reads the body where the summary is missing or older than the fold', () => {
    const body = Buffer.from(
      JSON.stringify({
        properties: {
          api: 'openai-responses',
          output: { model: 'm', usage: { input_tokens: 7, output_tokens: 8 } },
        },
      }),
    );
    const old = { extractor: 0, api: 'wrong', model: 'wrong', inputTokens: 1, outputTokens: 1 };
    const tables = new Tables().fold([event(1, { body, summary: null }), event(2, { body, summary: old })]);
    for (const row of tables.events.values()) {
      expect(row).toMatchObject({ api: 'openai-responses', model: 'm', inputTokens: 7, outputTokens: 8 });
    }
  });

  it('leaves out summary texts that Postgres cannot hold', () => {
    const summary = { extractor: 1, api: 'x\0', model: '\ud800', inputTokens: null, outputTokens: null };
    const [row] = [...new Tables().fold([event(1, { summary })]).events.values()];
    expect(row).toMatchObject({ api: null, model: null });
  });

  it('saturates token sums at 2^53 - 1', () => {
    const summary = { extractor: 1, api: null, model: null, inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 0 };
    const tables = new Tables().fold([event(1, { summary }), event(2, { summary }), event(3)]);
    expect(tables.session('s')?.inputTokens).toBe(Number.MAX_SAFE_INTEGER);
  });

  const anEvent = fc
    .record({
      number: fc.integer({ min: 1, max: 20 }),
      timeMs: fc.integer({ min: 1, max: 1_000 }),
      session: fc.constantFrom(null, 's', 't'),
      personId: fc.constantFrom(null, 'p', 'q'),
      tokens: fc.oneof(fc.constant(null), fc.nat(100), fc.constant(Number.MAX_SAFE_INTEGER - 3)),
    })
    // One id is one session: the id is made of the session and the client's key.
    .map(({ number, session, tokens, ...fields }) =>
      event(number * 3 + [null, 's', 't'].indexOf(session), {
        ...fields,
        session,
        summary: { extractor: 1, api: null, model: null, inputTokens: tokens, outputTokens: tokens },
      }),
    );
  const histories = fc
    .array(anEvent, { maxLength: 40 })
    .map((events) =>
      events.map((folded, index) => ({ ...folded, position: { ...folded.position, offset: offset(index) } })),
    );

  it('gives the same rows however a history is split into batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat(40), { maxLength: 6 }), (messages, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, messages.length)).sort((a, b) => a - b), messages.length];
        const split = new Tables();
        bounds.slice(1).forEach((end, index) => split.fold(messages.slice(bounds[index], end)));
        expect(split.rows()).toEqual(new Tables().fold(messages).rows());
      }),
    );
  });

  it('leaves rows unchanged when any prefix is delivered again', () => {
    fc.assert(
      fc.property(histories, fc.nat(40), (messages, length) => {
        const tables = new Tables().fold(messages);
        const before = JSON.stringify(tables.rows());
        expect(JSON.stringify(tables.fold(messages.slice(0, length)).rows())).toBe(before);
      }),
    );
  });
});
