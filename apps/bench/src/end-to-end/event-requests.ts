import { wireRequest, type WireRequest } from '../cost/connection.js';
import { Telemetry } from '../rebuild/telemetry.js';

/** Different bodies; after as many they come again, in other sessions. */
const BODIES = 500;
/** Sessions that go on at the same time, and the events of each before others take their places. */
const OPEN_SESSIONS = 400;
const EVENTS_PER_SESSION = 15;
const SESSIONS_PER_PERSON = 5;
const NUMBER_DIGITS = 9;
const NUMBER = '0'.repeat(NUMBER_DIGITS);

export interface EventRequestsOptions {
  readonly apiKey: string;
  readonly fingerprintId: string;
  readonly eventsPerRequest: number;
}

/** Events of 1.3 KB in realistic sessions, encoded beforehand but for the numbers of session and person. */
export class EventRequests {
  private readonly bodies: { readonly text: Buffer; readonly sessionAt: number; readonly personAt: number }[];
  private sent = 0;

  constructor(private readonly options: EventRequestsOptions) {
    const telemetry = new Telemetry();
    this.bodies = Array.from({ length: BODIES }, () => {
      const { body, agentName, agentVersionName } = telemetry.event();
      const names = {
        fingerprint_id: options.fingerprintId,
        agent: agentName,
        agent_version: agentVersionName,
        person: `person-${NUMBER}`,
        session: `session-${NUMBER}`,
      };
      const text = Buffer.from(JSON.stringify({ ...(JSON.parse(body.toString()) as object), ...names }));
      const at = (name: string): number => text.indexOf(`"${name}-${NUMBER}"`) + name.length + 2;
      return { text, sessionAt: at('session'), personAt: at('person') };
    });
  }

  next(): WireRequest {
    const { apiKey, eventsPerRequest: events } = this.options;
    const rest = { events, apiKey, contentType: 'application/json', keepAlive: true };
    if (events === 1) return wireRequest({ path: '/api/v1/events', body: this.event(), ...rest });
    const parts: Buffer[] = [];
    for (let index = 0; index < events; index += 1) parts.push(index === 0 ? BEGIN : COMMA, this.event());
    return wireRequest({ path: '/api/v1/events/batch', body: Buffer.concat([...parts, END]), ...rest });
  }

  private event(): Buffer {
    const number = this.sent;
    this.sent += 1;
    const { text, sessionAt, personAt } = this.bodies[number % BODIES] as EventRequests['bodies'][number];
    const { session, person } = sessionOf(number);
    const event = Buffer.from(text);
    event.write(String(session).padStart(NUMBER_DIGITS, '0'), sessionAt, 'latin1');
    event.write(String(person).padStart(NUMBER_DIGITS, '0'), personAt, 'latin1');
    return event;
  }
}

const BEGIN = Buffer.from('{"events":[');
const COMMA = Buffer.from(',');
const END = Buffer.from(']}');

/** Which session and person the event of that number belongs to. */
export function sessionOf(number: number): { readonly session: number; readonly person: number } {
  const turn = Math.floor(number / (OPEN_SESSIONS * EVENTS_PER_SESSION));
  const session = turn * OPEN_SESSIONS + (number % OPEN_SESSIONS);
  return { session, person: Math.floor(session / SESSIONS_PER_PERSON) };
}
