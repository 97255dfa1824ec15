import { summaryOfBody, type EventId, type LlmRecorded, type Summary, type Tenant } from '@logbook/contracts';
import type { FoldedMessage } from '../admit.js';
import { saturatingSum } from '../saturating-sum.js';
import { sessionKeyOf } from './session-key.js';
import { storableText } from '../storable-text.js';
import type { EventRow, SessionRow } from './tables.js';

/**
 * The summary extractor this fold stands for. A summary written by an older one is read from the body again.
 * A newer extractor needs a new fold version: rows of one version must not depend on the release that made them.
 */
export const FOLD_1_EXTRACTOR_VERSION = 1;

export interface EventRef {
  readonly tenant: Tenant;
  readonly eventId: EventId;
}
export const eventRefText = (tenant: string, eventId: string): string => `${tenant}/${eventId}`;

/** Which rows `foldEvents` must be given for these messages. Each list names a row once. */
export interface EventsNeeds {
  readonly events: readonly EventRef[];
  readonly sessionKeys: readonly string[];
}

/** The rows that exist, of those needed. What is absent here does not exist. */
export interface EventsSlice<Session extends SessionRow = SessionRow> {
  /** By `eventRefText`. */
  readonly events: ReadonlySet<string>;
  /** By session key. */
  readonly sessions: ReadonlyMap<string, Session>;
}

/** The rows to write: at most one of each key, in its final form. */
export interface EventsChanges<Session extends SessionRow = SessionRow> {
  readonly events: readonly EventRow[];
  readonly sessions: readonly Session[];
}

export function needsOfEvents(messages: readonly FoldedMessage<LlmRecorded>[]): EventsNeeds {
  const events = new Map<string, EventRef>();
  const sessionKeys = new Set<string>();
  for (const { message } of messages) {
    const { tenant, id, session } = message;
    events.set(eventRefText(tenant, id), { tenant, eventId: id });
    if (session !== null) sessionKeys.add(sessionKeyOf(tenant, session));
  }
  return { events: [...events.values()], sessionKeys: [...sessionKeys] };
}

/**
 * Folds events of one partition, in order, into event rows and the sessions they add up to.
 * An id that was folded before, in this batch or an earlier one, has no effect at all: the first stands.
 */
export function foldEvents(slice: EventsSlice, messages: readonly FoldedMessage<LlmRecorded>[]): EventsChanges {
  const events = new Map<string, EventRow>();
  const sessions = new Map<string, SessionDraft>();
  for (const folded of messages) {
    const { tenant, id, session } = folded.message;
    const ref = eventRefText(tenant, id);
    if (events.has(ref) || slice.events.has(ref)) continue;
    const sessionKey = session === null ? null : sessionKeyOf(tenant, session);
    const row = eventRow(folded, sessionKey);
    events.set(ref, row);
    if (session !== null && sessionKey !== null) {
      let draft = sessions.get(sessionKey);
      if (draft === undefined) sessions.set(sessionKey, (draft = draftOf(slice, row, { session, sessionKey })));
      count(draft, row);
    }
  }
  return { events: [...events.values()], sessions: [...sessions.values()] };
}

/** A session while a batch is folded: one object a session and not one an event. */
type SessionDraft = { -readonly [K in keyof SessionRow]: SessionRow[K] };

/** The session as it was before the event: a copy of its row, or, where the event begins it, one that counts nothing. */
function draftOf(
  slice: EventsSlice,
  event: EventRow,
  { session, sessionKey }: { readonly session: string; readonly sessionKey: string },
): SessionDraft {
  const before = slice.sessions.get(sessionKey);
  if (before !== undefined) return { ...before };
  return {
    sessionKey,
    tenant: event.tenant,
    session,
    agentName: event.agentName,
    agentVersionName: event.agentVersionName,
    personId: null,
    createdAtMs: event.recordedAtMs,
    lastEventAtMs: event.recordedAtMs,
    eventCount: 0,
    inputTokens: 0,
    outputTokens: 0,
  };
}

function count(session: SessionDraft, event: EventRow): void {
  session.personId = event.personId ?? session.personId;
  session.lastEventAtMs = Math.max(session.lastEventAtMs, event.recordedAtMs);
  session.eventCount += 1;
  session.inputTokens = saturatingSum(session.inputTokens, event.inputTokens ?? 0);
  session.outputTokens = saturatingSum(session.outputTokens, event.outputTokens ?? 0);
}

function eventRow({ message, position, bytes }: FoldedMessage<LlmRecorded>, sessionKey: string | null): EventRow {
  const summary = summaryOf(message);
  return {
    tenant: message.tenant,
    eventId: message.id,
    session: message.session,
    sessionKey,
    fingerprintId: message.fingerprintId,
    agentName: message.agentName,
    agentVersionName: message.agentVersionName,
    personId: message.personId,
    recordedAtMs: message.timeMs,
    api: storableText(summary.api),
    model: storableText(summary.model),
    inputTokens: summary.inputTokens,
    outputTokens: summary.outputTokens,
    bytes,
    logPartition: position.partition,
    logOffset: position.offset,
  };
}

function summaryOf({ summary, body }: LlmRecorded): Summary {
  return summary !== null && summary.extractor >= FOLD_1_EXTRACTOR_VERSION ? summary : summaryOfBody(body);
}
