import {
  encodeMessage,
  type EventId,
  extractSummary,
  type FingerprintId,
  idempotentEventId,
  type LlmRecorded,
  newEventId,
  redactEvent,
} from '@logbook/contracts';
import { type Appender, MessageTooLargeError } from '@logbook/core';
import type { Metrics } from '@logbook/observability';
import {
  EventIntake,
  type EventOutcome,
  type EventToRecord,
  type NotAppended,
  type TooLarge,
  type Unavailable,
} from '../http/use-cases.js';
import { unavailableFor } from '../unavailable.js';
import type { FingerprintLookup } from './fingerprint-lookup.js';
import type { Registrar } from './registrar.js';
import { DEFAULT_NAME, GATEWAY_SOURCE } from './source.js';

export interface EventRecorderOptions {
  readonly appender: Appender;
  readonly fingerprints: FingerprintLookup;
  readonly registrar: Registrar;
  readonly metrics: Metrics;
  /** The most bytes an event may have once redacted. */
  readonly eventBytesMax: number;
  readonly redactHeaders: readonly string[];
}

/**
 * From validated requests to acknowledged events. Nothing is appended for an event that is refused, and the names
 * an event mentions are in the log, or in the spool, before it.
 */
export class EventRecorder extends EventIntake {
  constructor(private readonly options: EventRecorderOptions) {
    super();
  }

  override async record(request: EventToRecord): Promise<EventOutcome> {
    const { tenant, fingerprintId } = request;
    const { fingerprints } = this.options;
    // What is known already costs no turn of the event loop; under load those add up.
    const isKnown = fingerprints.isKnown(tenant, fingerprintId);
    const verdict = isKnown ? 'KNOWN' : await fingerprints.find(tenant, fingerprintId);
    const judged = verdict === 'UNKNOWN' ? FINGERPRINT_NOT_FOUND : this.prepare(request);
    return isEvent(judged) ? outcomeOf(judged, await this.append([judged])) : judged;
  }

  override async recordAll(requests: readonly EventToRecord[]): Promise<EventOutcome[]> {
    const verdicts = await this.fingerprintVerdicts(requests);
    const judged = requests.map((request) =>
      verdicts.get(request.fingerprintId) === 'UNKNOWN' ? FINGERPRINT_NOT_FOUND : this.prepare(request),
    );
    const events = new Map<EventId, LlmRecorded>();
    for (const each of judged) if (isEvent(each) && !events.has(each.id)) events.set(each.id, each);
    const outcomes = await this.appendOrSplit([...events.values()]);
    return judged.map((each) => (isEvent(each) ? (outcomes.get(each.id) as EventOutcome) : each));
  }

  /** One look-up for each fingerprint, a few at a time: every one may cost a query. */
  private async fingerprintVerdicts(
    requests: readonly EventToRecord[],
  ): Promise<ReadonlyMap<FingerprintId, 'KNOWN' | 'UNKNOWN'>> {
    const tenants = new Map(requests.map(({ fingerprintId, tenant }) => [fingerprintId, tenant]));
    const verdicts = new Map<FingerprintId, 'KNOWN' | 'UNKNOWN'>();
    const waiting = [...tenants];
    while (waiting.length > 0) {
      await Promise.all(
        waiting
          .splice(0, LOOK_UPS_AT_ONCE)
          .map(async ([id, tenant]) => verdicts.set(id, await this.options.fingerprints.find(tenant, id))),
      );
    }
    return verdicts;
  }

  private prepare(request: EventToRecord): LlmRecorded | TooLarge {
    const { eventBytesMax, redactHeaders } = this.options;
    const { text, bytes } = request;
    const redacted = redactEvent(text, { extraNames: redactHeaders });
    const body = redacted === text ? bytes : Buffer.from(redacted);
    return body.length > eventBytesMax ? TOO_LARGE : toEvent(request, body);
  }

  /** One that is over a limit, the log's or its tenant's, keeps the whole call out of the log, and must be refused alone. */
  private async appendOrSplit(events: readonly LlmRecorded[]): Promise<ReadonlyMap<EventId, EventOutcome>> {
    const appended = await this.append(events);
    const outcomes =
      (appended.outcome === 'TOO_LARGE' || appended.outcome === 'OVER_QUOTA') && events.length > 1
        ? await Promise.all(events.map(async (event) => outcomeOf(event, await this.append([event]))))
        : events.map((event) => outcomeOf(event, appended));
    return new Map(events.map(({ id }, index) => [id, outcomes[index] as EventOutcome]));
  }

  /** Registers the names and hands the events to the log in one call, so that they share its produce requests. */
  private async append(events: readonly LlmRecorded[]): Promise<Appended> {
    const { appender, registrar, metrics } = this.options;
    try {
      if (events.length === 0) return APPENDED;
      const areRegistered = events.every((event) => registrar.isRegistered(event));
      const registered = areRegistered ? 'REGISTERED' : await registrar.registerAll(events, Date.now());
      if (registered !== 'REGISTERED') return registered;
      await appender.append(
        'events',
        events.map((message) => encodeMessage(message)),
      );
    } catch (error) {
      return error instanceof MessageTooLargeError ? TOO_LARGE : unavailableFor(error);
    }
    metrics.count('logbook_events_accepted_total', {}, events.length);
    return APPENDED;
  }
}

const APPENDED = { outcome: 'APPENDED' } as const;
const TOO_LARGE: TooLarge = { outcome: 'TOO_LARGE' };
const FINGERPRINT_NOT_FOUND = { outcome: 'FINGERPRINT_NOT_FOUND' } as const;
/** Of one batch: far fewer than the connections to Postgres, which other requests share. */
const LOOK_UPS_AT_ONCE = 4;

type Appended = typeof APPENDED | NotAppended | Unavailable;

const outcomeOf = ({ id }: LlmRecorded, appended: Appended): EventOutcome =>
  appended.outcome === 'APPENDED' ? { outcome: 'RECORDED', id } : appended;

const isEvent = (each: LlmRecorded | EventOutcome): each is LlmRecorded => 'type' in each;

function toEvent(request: EventToRecord, body: Buffer): LlmRecorded {
  const { tenant, session, idempotencyKey } = request;
  return {
    type: 'com.logbook.llm.recorded.v1',
    id: idempotencyKey === null ? newEventId() : idempotentEventId({ tenant, session, key: idempotencyKey }),
    timeMs: Date.now(),
    source: GATEWAY_SOURCE,
    traceparent: request.traceparent,
    tenant,
    fingerprintId: request.fingerprintId,
    agentName: request.agentName ?? DEFAULT_NAME,
    agentVersionName: request.agentVersionName ?? DEFAULT_NAME,
    personId: request.personId,
    session,
    summary: extractSummary(request.properties),
    body,
  };
}
