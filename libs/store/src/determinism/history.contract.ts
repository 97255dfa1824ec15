import {
  eventId,
  fingerprintId,
  tenant,
  topicOf,
  type Command,
  type FoldedTopic,
  type LlmRecorded,
} from '@logbook/contracts';
import fc from 'fast-check';
import { COMMAND_FLAWS, EVENT_FLAWS, type Flaw } from './flaws.contract.js';

/** What an event says of its call, and where: in its headers, in its body alone, or in its body and wrongly in old headers. */
export interface Told {
  readonly place: 'HEADERS' | 'BODY' | 'BODY_AND_OLD_HEADERS';
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

/** What somebody meant to append: an event without its summary, which `told` gives, or a command. */
export type Intended = { readonly event: Omit<LlmRecorded, 'summary' | 'body'>; readonly told: Told } | Command;

/** One append. `COPY`: the bytes of an earlier one once more, as a retried append leaves them. */
export type Entry =
  | {
      readonly kind: 'MESSAGE';
      readonly intended: Intended;
      /** What is wrong with it, so that no release can decode it. */
      readonly flaw: Flaw | null;
      /** Whether `control` says that every replay leaves it out. */
      readonly skipped: boolean;
      /** Offsets that hold nothing, before it. */
      readonly hole: number;
    }
  | { readonly kind: 'COPY'; readonly of: number; readonly hole: number };

export interface History {
  readonly partitions: Readonly<Record<FoldedTopic, number>>;
  readonly entries: readonly Entry[];
}

/** Few names, so that they meet; among them some that are easily taken for another or too long for an index entry. */
const LONG = '\u{1f600}'.repeat(512);
const tenants = fc.constantFrom('acme', 'acme', 'acme-2').map(tenant);
const names = mostly('a', ['b', 'A', 'a/b', 'NULL', '{"\\,', LONG]);
const people = mostly('p', ['p/q', '\u00e9', 'e\u0301', LONG]);
/** By its number, so that an id always belongs to the same session: ids are made of the session and the client's key. */
const SESSIONS: readonly (string | null)[] = [null, 's', 't', 'a/b', LONG];

const times = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 50 }).map((ms) => Date.UTC(2026, 0, 1) + ms) },
  { weight: 1, arbitrary: fc.constantFrom('0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z').map(Date.parse) },
);
const attributes = fc
  .record({ timeMs: times, tenant: tenants })
  .map((given) => ({ ...given, id: 'm', source: 'test' }));

const uuid = (group: string, number: number): string =>
  `0198c0de-0000-${group}-8000-${String(number).padStart(12, '0')}`;
const fingerprintIds = fc.integer({ min: 1, max: 3 }).map((number) => fingerprintId(uuid('8000', number)));

const tokens = fc.constantFrom(null, 0, 1, 7, Number.MAX_SAFE_INTEGER - 3);
const told: fc.Arbitrary<Told> = fc.record({
  place: fc.constantFrom('HEADERS', 'BODY', 'BODY_AND_OLD_HEADERS'),
  model: fc.constantFrom(null, 'm', 'n', '\u00e9', 'nul\0', '\ud800', 'x'.repeat(257)),
  inputTokens: tokens,
  outputTokens: tokens,
});

const events: fc.Arbitrary<Intended> = fc
  .record({
    attributes,
    told,
    number: fc.integer({ min: 0, max: 5 }),
    session: fc.nat(SESSIONS.length - 1),
    fingerprint: fingerprintIds,
    agentName: names,
    agentVersionName: names,
    personId: fc.option(people),
  })
  .map(({ attributes: given, told: said, number, session, fingerprint, ...named }) => ({
    event: {
      ...given,
      ...named,
      type: 'com.logbook.llm.recorded.v1',
      id: eventId(uuid('7000', number * SESSIONS.length + session)),
      fingerprintId: fingerprint,
      session: SESSIONS[session] ?? null,
    },
    told: said,
  }));

const descriptions = fc.constantFrom(null, 'A', '', 'nul\0', '\ud800"\\', '\u2028');
const changes = {
  description: fc.option(descriptions, { nil: undefined }),
  deprecated: fc.constantFrom(undefined, true, false),
};
const properties = fc.constantFrom(
  '{}',
  '{ "n": 1.0 }',
  String.raw`{"a":"\u0000\ud800","__proto__":12345678901234567890}`,
);

const commands: fc.Arbitrary<Intended> = fc
  .tuple(
    attributes,
    fc.oneof(
      fc.record({
        type: fc.constant('com.logbook.fingerprint.register.v1' as const),
        fingerprintId: fingerprintIds,
        contentJson: fc.constantFrom('{}', '{"language":"\u00e9"}'),
      }),
      fc.record({
        type: fc.constant('com.logbook.agent.register.v1' as const),
        agentName: names,
        description: descriptions,
      }),
      fc.record({ type: fc.constant('com.logbook.agent.update.v1' as const), agentName: names, ...changes }),
      fc.record({
        type: fc.constant('com.logbook.agent-version.register.v1' as const),
        agentName: names,
        agentVersionName: names,
        description: descriptions,
      }),
      fc.record({
        type: fc.constant('com.logbook.agent-version.update.v1' as const),
        agentName: names,
        agentVersionName: names,
        ...changes,
      }),
      fc.record({
        type: fc.constant('com.logbook.person.register.v1' as const),
        personId: people,
        propertiesJson: fc.option(properties),
      }),
      fc.record({
        type: fc.constant('com.logbook.person.update.v1' as const),
        personId: people,
        propertiesJson: properties,
      }),
    ),
  )
  .map(([given, command]): Command => ({ ...given, ...command }));

const hole = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
);

/** `one` in `times`, and what is not there is the simpler. */
const rarely = <T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const message = (intended: fc.Arbitrary<Intended>, flaws: readonly Flaw[]): fc.Arbitrary<Entry> =>
  fc.record({
    kind: fc.constant('MESSAGE' as const),
    intended,
    flaw: rarely(8, fc.constantFrom(...flaws)),
    skipped: rarely(16, fc.constant(true)).map((skipped) => skipped === true),
    hole,
  });

const entries: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 6, arbitrary: message(events, EVENT_FLAWS) },
  { weight: 5, arbitrary: message(commands, COMMAND_FLAWS) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('COPY' as const), of: fc.nat(30), hole }) },
);

export const ENTRIES_MAX = 20;

export const histories: fc.Arbitrary<History> = fc.record({
  partitions: fc.record({ commands: fc.integer({ min: 1, max: 2 }), events: fc.integer({ min: 1, max: 3 }) }),
  entries: fc.array(entries, { maxLength: ENTRIES_MAX, size: 'max' }),
});

function mostly(usual: string, others: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

export const topicOfIntended = (intended: Intended): FoldedTopic =>
  'event' in intended ? 'events' : (topicOf(intended) as FoldedTopic);
