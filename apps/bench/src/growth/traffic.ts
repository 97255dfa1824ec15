import {
  encodeMessage,
  eventId,
  fingerprintId,
  newMessageId,
  summaryOfBody,
  tenant,
  type EncodedMessage,
} from '@logbook/contracts';
import { chatCompletionBody, SMALL_CHAT_WORDS } from '../payloads/chat-completion.js';
import { BENCH_SOURCE } from '../rebuild/open-bench-log.js';
import { personName, sessionName, TENANT } from './prefill.js';

/**
 * `SCATTERED`: each event is of another session. `GOING`: some hundreds of sessions take turns for about fifteen events
 * each. `PEOPLE`: commands that give people other properties.
 */
export const TRAFFICS = ['GOING', 'SCATTERED', 'PEOPLE'] as const;
export type Traffic = (typeof TRAFFICS)[number];

export const TOPIC_OF = { GOING: 'events', SCATTERED: 'events', PEOPLE: 'commands' } as const;

const GOING_SESSIONS = 400;
const EVENTS_PER_SESSION_MEAN = 15;
const BODIES = 480;
const FINGERPRINT = fingerprintId('970e9e3c-0b4a-8449-8d7d-ebbfb999dc25');
const OWNER = tenant(TENANT);

/** Messages about sessions and people that are there already, drawn evenly from all of them. */
export class KnownTraffic {
  private readonly bodies: readonly { readonly body: Buffer; readonly summary: ReturnType<typeof summaryOfBody> }[];
  private readonly going: number[] = [];
  private made = 0;

  constructor(
    private readonly known: number,
    private readonly random: () => number,
  ) {
    const names = { fingerprint_id: FINGERPRINT, agent: 'bench', agent_version: 'v1' };
    this.bodies = Array.from({ length: BODIES }, () => {
      const body = chatCompletionBody(names, { random, words: SMALL_CHAT_WORDS });
      return { body, summary: summaryOfBody(body) };
    });
  }

  next(traffic: Traffic): EncodedMessage {
    if (traffic === 'PEOPLE') return this.person();
    return this.event(traffic === 'GOING' ? this.nextGoing() : this.draw());
  }

  private draw(): number {
    return Math.floor(this.random() * this.known);
  }

  private nextGoing(): number {
    const at = Math.floor(this.random() * GOING_SESSIONS);
    const going = this.going[at];
    if (going !== undefined && this.random() > 1 / EVENTS_PER_SESSION_MEAN) return going;
    return (this.going[at] = this.draw());
  }

  private event(number: number): EncodedMessage {
    const { body, summary } = this.bodies[(this.made += 1) % BODIES] as (typeof this.bodies)[number];
    return encodeMessage({
      ...attributes(),
      type: 'com.logbook.llm.recorded.v1',
      id: eventId(newMessageId()),
      fingerprintId: FINGERPRINT,
      agentName: 'bench',
      agentVersionName: 'v1',
      personId: personName(number),
      session: sessionName(number),
      summary,
      body,
    });
  }

  private person(): EncodedMessage {
    return encodeMessage({
      ...attributes(),
      type: 'com.logbook.person.update.v1',
      personId: personName(this.draw()),
      propertiesJson: `{"plan":"team","seats":${(this.made += 1)}}`,
    });
  }
}

const attributes = () => ({ id: newMessageId(), timeMs: Date.now(), source: BENCH_SOURCE, tenant: OWNER });
