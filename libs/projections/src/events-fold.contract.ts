import { eventId, fingerprintId, offset, tenant, type LlmRecorded } from '@logbook/contracts';
import fc from 'fast-check';
import type { FoldedMessage } from './admit.js';
import { eventRefText } from './fold-1/events.fold.js';
import { sessionKeyOf } from './fold-1/session-key.js';
import type { EventRow, SessionRow } from './fold-1/tables.js';
import type { Fold } from './fold.js';

const acme = tenant('acme');

/** The tables, in memory: what a slice is loaded from and changes are written to. */
export class EventTables<Session extends SessionRow> {
  readonly events = new Map<string, EventRow>();
  readonly sessions = new Map<string, Session>();

  constructor(private readonly of: Fold<Session>) {}

  fold(messages: readonly FoldedMessage<LlmRecorded>[]): this {
    const needs = this.of.needsOfEvents(messages);
    const slice = {
      events: new Set(
        needs.events.map((ref) => eventRefText(ref.tenant, ref.eventId)).filter((ref) => this.events.has(ref)),
      ),
      sessions: new Map([...this.sessions].filter(([key]) => needs.sessionKeys.includes(key))),
    };
    const changes = this.of.foldEvents(slice, messages);
    for (const row of changes.events) this.events.set(eventRefText(row.tenant, row.eventId), row);
    for (const row of changes.sessions) this.sessions.set(row.sessionKey, row);
    return this;
  }

  session(name: string): Session | undefined {
    return this.sessions.get(sessionKeyOf(acme, name));
  }

  rows(): object {
    const sorted = <V>(rows: Map<string, V>): [string, V][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return { events: sorted(this.events), sessions: sorted(this.sessions) };
  }
}

type EventFields = Partial<Omit<LlmRecorded, 'id' | 'type'>>;

export function event(number: number, fields: EventFields = {}): FoldedMessage<LlmRecorded> {
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

const anEvent = fc
  .record({
    number: fc.integer({ min: 1, max: 20 }),
    timeMs: fc.integer({ min: 1, max: 1_000 }),
    session: fc.constantFrom(null, 's', 't'),
    personId: fc.constantFrom(null, 'p', 'q'),
    model: fc.constantFrom(null, 'm', 'n'),
    tokens: fc.oneof(fc.constant(null), fc.nat(100), fc.constant(Number.MAX_SAFE_INTEGER - 3)),
  })
  // One id is one session: the id is made of the session and the client's key.
  .map(({ number, session, tokens, model, ...fields }) =>
    event(number * 3 + [null, 's', 't'].indexOf(session), {
      ...fields,
      session,
      summary: { extractor: 1, api: null, model, inputTokens: tokens, outputTokens: tokens },
    }),
  );
export const histories = fc
  .array(anEvent, { maxLength: 40 })
  .map((events) =>
    events.map((folded, index) => ({ ...folded, position: { ...folded.position, offset: offset(index) } })),
  );

/** What holds of the events of any fold, whatever the history. */
export function describeAnyHistory<Session extends SessionRow>(fold: Fold<Session>): void {
  it('gives the same rows however a history is split into batches', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat(40), { maxLength: 6 }), (messages, cuts) => {
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, messages.length)).sort((a, b) => a - b), messages.length];
        const split = new EventTables(fold);
        bounds.slice(1).forEach((end, index) => split.fold(messages.slice(bounds[index], end)));
        expect(split.rows()).toEqual(new EventTables(fold).fold(messages).rows());
      }),
    );
  });

  it('leaves rows unchanged when any prefix is delivered again', () => {
    fc.assert(
      fc.property(histories, fc.nat(40), (messages, length) => {
        const tables = new EventTables(fold).fold(messages);
        const before = JSON.stringify(tables.rows());
        expect(JSON.stringify(tables.fold(messages.slice(0, length)).rows())).toBe(before);
      }),
    );
  });
}
