import {
  eventId,
  fingerprintContent,
  fingerprintId,
  newMessageId,
  sha256,
  summaryOfBody,
  tenant,
  type Command,
  type LlmRecorded,
} from '@logbook/contracts';
import { chatCompletionBody, SMALL_CHAT_WORDS } from '../payloads/chat-completion.js';

const TENANTS = ['acme', 'globex'].map((name) => tenant(name));
const AGENTS_PER_TENANT = 8;
const VERSIONS_PER_AGENT = 4;
const FINGERPRINTS = 60;
/** Sessions that are going on at any moment; each event belongs to one of them. */
const OPEN_SESSIONS = 400;
const EVENTS_PER_SESSION_MEAN = 15;
const SESSIONS_PER_PERSON = 5;
/** One event in this many belongs to no session. */
const WITHOUT_SESSION_EVERY = 20;
const BEGAN_MS = Date.UTC(2026, 0, 1);
const EVENT_EVERY_MS = 40;
const SOURCE = 'logbook/bench';

/** Telemetry as one busy deployment sends it, the same at every run but for the ids of its events. */
export class Telemetry {
  private readonly random = randomNumbers(20260101);
  private readonly open: { readonly name: string; readonly person: string | null; readonly agent: number }[] = [];
  private sessions = 0;
  private recorded = 0;

  /** What the events imply, as the gateway would have appended it before them. */
  *commands(events: number): Generator<Command> {
    const attributes = () => ({ id: newMessageId(), timeMs: BEGAN_MS, source: SOURCE });
    for (const owner of TENANTS) {
      for (let agent = 0; agent < AGENTS_PER_TENANT; agent += 1) {
        const agentName = agentNameOf(agent);
        const named = { tenant: owner, agentName, description: null };
        yield { ...attributes(), ...named, type: 'com.logbook.agent.register.v1' };
        for (let version = 0; version < VERSIONS_PER_AGENT; version += 1) {
          const agentVersionName = versionNameOf(version);
          yield { ...attributes(), ...named, agentVersionName, type: 'com.logbook.agent-version.register.v1' };
        }
      }
      for (let number = 0; number < FINGERPRINTS; number += 1) {
        yield {
          ...attributes(),
          type: 'com.logbook.fingerprint.register.v1',
          tenant: owner,
          fingerprintId: fingerprintOf(number),
          contentJson: fingerprintContent({ language: 'python', language_version: `3.${number}`, system: 'linux' }),
        };
      }
    }
    for (let number = 0; number < peopleOf(events); number += 1) {
      yield {
        ...attributes(),
        type: 'com.logbook.person.register.v1',
        tenant: TENANTS[number % TENANTS.length] ?? tenant('acme'),
        personId: `person-${number}`,
        propertiesJson: `{"plan":"${number % 3 === 0 ? 'team' : 'free'}","seats":${number % 50}}`,
      };
    }
  }

  event(): LlmRecorded {
    const number = (this.recorded += 1);
    const session = this.nextSession();
    const owner = TENANTS[session.agent % TENANTS.length] ?? tenant('acme');
    const agentName = agentNameOf(session.agent % AGENTS_PER_TENANT);
    const fingerprint = fingerprintOf(session.agent % FINGERPRINTS);
    const body = chatCompletionBody(
      { fingerprint_id: fingerprint, agent: agentName },
      { random: this.random, words: SMALL_CHAT_WORDS },
    );
    return {
      type: 'com.logbook.llm.recorded.v1',
      id: eventId(newMessageId()),
      timeMs: BEGAN_MS + number * EVENT_EVERY_MS,
      source: SOURCE,
      tenant: owner,
      fingerprintId: fingerprint,
      agentName,
      agentVersionName: versionNameOf(session.agent % VERSIONS_PER_AGENT),
      personId: session.person,
      session: number % WITHOUT_SESSION_EVERY === 0 ? null : session.name,
      summary: summaryOfBody(body),
      body,
    };
  }

  private nextSession(): Telemetry['open'][number] {
    const at = Math.floor(this.random() * OPEN_SESSIONS);
    const going = this.open[at];
    if (going !== undefined && this.random() > 1 / EVENTS_PER_SESSION_MEAN) return going;
    const number = (this.sessions += 1);
    const person = number % 4 === 0 ? null : `person-${Math.floor(number / SESSIONS_PER_PERSON)}`;
    const begun = {
      name: `session-${number.toString(36)}-${Math.floor(this.random() * 1e9).toString(36)}`,
      person,
      agent: number,
    };
    this.open[at] = begun;
    return begun;
  }
}

const agentNameOf = (agent: number): string => `assistant-${agent}`;
const versionNameOf = (version: number): string => `2026.${version}`;
const peopleOf = (events: number): number =>
  Math.ceil(events / EVENTS_PER_SESSION_MEAN / SESSIONS_PER_PERSON) + OPEN_SESSIONS;

function fingerprintOf(number: number) {
  const hex = sha256(`bench ${number}`).toString('hex');
  return fingerprintId(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
}

/** Marsaglia's xorshift of 32 bits: the same numbers at every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
