import {
  encodeMessage,
  extractSummary,
  idempotentEventId,
  type LlmRecorded,
  newEventId,
  redactEvent,
} from '@logbook/contracts';
import { type Log, MessageTooLargeError } from '@logbook/core';
import type { Metrics } from '@logbook/observability';
import { EventIntake, type EventOutcome, type EventToRecord } from '../http/use-cases.js';
import { orUnavailable } from '../unavailable.js';
import type { FingerprintLookup } from './fingerprint-lookup.js';
import type { Registrar } from './registrar.js';
import { DEFAULT_NAME, GATEWAY_SOURCE } from './source.js';

export interface EventRecorderOptions {
  readonly log: Log;
  readonly fingerprints: FingerprintLookup;
  readonly registrar: Registrar;
  readonly metrics: Metrics;
  /** The most bytes an event may have once redacted. */
  readonly eventBytesMax: number;
  readonly redactHeaders: readonly string[];
}

/**
 * From a validated request to an acknowledged event. Nothing is appended for an event that is refused, and the names
 * an event mentions are in the log before it.
 */
export class EventRecorder extends EventIntake {
  constructor(private readonly options: EventRecorderOptions) {
    super();
  }

  override record(request: EventToRecord): Promise<EventOutcome> {
    return orUnavailable(() => this.recordOrThrow(request));
  }

  private async recordOrThrow(request: EventToRecord): Promise<EventOutcome> {
    const { log, fingerprints, registrar, metrics, eventBytesMax, redactHeaders } = this.options;
    if ((await fingerprints.find(request.tenant, request.fingerprintId)) === 'UNKNOWN') {
      return { outcome: 'FINGERPRINT_NOT_FOUND' };
    }
    const body = Buffer.from(redactEvent(request.text, { extraNames: redactHeaders }));
    if (body.length > eventBytesMax) return { outcome: 'TOO_LARGE' };
    const event = toEvent(request, body);
    await registrar.register(event, event.timeMs);
    try {
      await log.append('events', [encodeMessage(event)]);
    } catch (error) {
      if (error instanceof MessageTooLargeError) return { outcome: 'TOO_LARGE' };
      throw error;
    }
    metrics.count('logbook_events_accepted_total', {});
    return { outcome: 'RECORDED', id: event.id };
  }
}

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
