import {
  type Command,
  type EncodedMessage,
  encodeMessage,
  eventId,
  fingerprintId,
  type LlmRecorded,
  tenant,
} from '@logbook/contracts';
import type { Log } from '@logbook/core';

const acme = tenant('acme');
const BEGIN_MS = Date.UTC(2026, 0, 1);
const DUPLICATE_EVERY = 9;
const POISON_EVERY = 31;

/** What a projection of everything that was appended has to hold. */
export interface ExpectedRows {
  /** Each accepted event once, however often it was sent. */
  readonly events: number;
  readonly eventsInSessions: number;
  /** A row for each message that no fold can take. */
  readonly deadLetters: number;
}

/** Appends messages of all kinds: events in and out of sessions, every command, what is sent twice, and poison. */
export class History {
  private number: number;
  private readonly counted = { events: 0, eventsInSessions: 0, deadLetters: 0 };

  /** Two that begin at the same number append the same messages. */
  constructor(
    private readonly log: Log,
    { from = 0 }: { readonly from?: number } = {},
  ) {
    this.number = from;
  }

  get expected(): ExpectedRows {
    return this.counted;
  }

  /** Appends the next `count` events alone, uncounted: for a log whose projection has ended. */
  async appendEvents(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => this.number++);
    await this.log.append('events', numbers.flatMap(eventsOf));
  }

  /** Appends the next `count` numbers, each an event and a command, and what comes with some of them. */
  async append(count: number): Promise<void> {
    const numbers = Array.from({ length: count }, () => this.number++);
    await Promise.all([
      this.log.append('commands', numbers.flatMap(commandsOf)),
      this.log.append('events', numbers.flatMap(eventsOf)),
    ]);
    // Counted once it is in the log: what a killed test had begun is of no interest.
    for (const number of numbers) {
      this.counted.events += 1;
      if (eventOf(number).session !== null) this.counted.eventsInSessions += 1;
      if (number % POISON_EVERY === 0) this.counted.deadLetters += 2;
    }
  }
}

const uuid = (number: number): string => `0198c0de-0000-7000-8000-${String(number).padStart(12, '0')}`;
const fingerprintOf = (number: number): string => `0198c0de-0000-8000-8000-${String(number % 17).padStart(12, '0')}`;

function eventsOf(number: number): EncodedMessage[] {
  const sent = encodeMessage(eventOf(number));
  return [
    sent,
    ...(number % DUPLICATE_EVERY === 0 ? [sent] : []),
    // A retry that comes late, behind other messages of its session.
    ...(number % DUPLICATE_EVERY === 5 && number >= 60 ? [encodeMessage(eventOf(number - 60))] : []),
    ...(number % POISON_EVERY === 0
      ? [{ ...sent, headers: { ...sent.headers, ce_type: 'org.example.unheard-of' } }]
      : []),
  ];
}

function commandsOf(number: number): EncodedMessage[] {
  const sent = encodeMessage(commandOf(number));
  return [
    sent,
    ...(number % DUPLICATE_EVERY === 0 ? [sent] : []),
    ...(number % POISON_EVERY === 0 ? [{ ...sent, value: Buffer.from('{"cut off') }] : []),
  ];
}

function eventOf(number: number): LlmRecorded {
  return {
    type: 'com.logbook.llm.recorded.v1',
    id: eventId(uuid(number)),
    timeMs: BEGIN_MS + number * 1_000,
    source: 'test',
    tenant: acme,
    fingerprintId: fingerprintId(fingerprintOf(number)),
    agentName: `agent-${number % 7}`,
    agentVersionName: `v${number % 3}`,
    personId: number % 4 === 0 ? null : `person-${number % 11}`,
    session: number % 5 === 0 ? null : `session-${number % 43}`,
    summary: {
      extractor: 1,
      api: 'openai-responses',
      model: `m${number % 2}`,
      inputTokens: number % 100,
      outputTokens: number % 6 === 0 ? null : 3,
    },
    body: Buffer.from('{"properties":{}}'),
  };
}

function commandOf(number: number): Command {
  const attributes = { id: uuid(number), timeMs: BEGIN_MS + number * 1_000, source: 'test', tenant: acme };
  const agentName = `agent-${Math.floor(number / 7) % 60}`;
  const agentVersionName = `v${Math.floor(number / 7) % 5}`;
  const personId = `person-${Math.floor(number / 7) % 90}`;
  const description = number % 2 === 0 ? null : `as of ${number}`;
  const commands: readonly Command[] = [
    { ...attributes, type: 'com.logbook.agent.register.v1', agentName, description },
    { ...attributes, type: 'com.logbook.agent.update.v1', agentName, description, deprecated: number % 3 === 0 },
    { ...attributes, type: 'com.logbook.agent-version.register.v1', agentName, agentVersionName, description },
    { ...attributes, type: 'com.logbook.agent-version.update.v1', agentName, agentVersionName, description },
    { ...attributes, type: 'com.logbook.person.register.v1', personId, propertiesJson: `{"seen":${number}}` },
    { ...attributes, type: 'com.logbook.person.update.v1', personId, propertiesJson: `{"again":${number}}` },
    {
      ...attributes,
      type: 'com.logbook.fingerprint.register.v1',
      fingerprintId: fingerprintId(fingerprintOf(number)),
      contentJson: `{"language":"l${number % 17}"}`,
    },
  ];
  return commands[number % commands.length]!;
}
