import { defineTable, optional, required, type Row } from '../table.js';

/** Registered client environments. The first registration of an id stands; the id is made of the content. */
export const fingerprintsTable = defineTable({
  name: 'fingerprints',
  columns: {
    tenant: required('text', 'owned'),
    fingerprintId: required('uuid', 'owned'),
    contentJson: required('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
  },
  primaryKey: ['tenant', 'fingerprintId'],
  write: 'once',
});

/**
 * Agents of a tenant, numbered in the order of their creation. A description is kept as a JSON string
 * literal: Postgres' text holds neither NUL nor lone surrogates, and descriptions may.
 */
export const agentsTable = defineTable({
  name: 'agents',
  columns: {
    agentId: required('uuid', 'owned'),
    tenant: required('text', 'owned'),
    agentName: required('text', 'owned'),
    agentNumber: required('int', 'owned'),
    descriptionJson: optional('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
    deprecatedAtMs: optional('timestamp', 'owned'),
  },
  primaryKey: ['agentId'],
  uniques: [['tenant', 'agentNumber']],
  write: 'replace',
});

/** Versions of an agent, numbered within it. The agent always exists too. */
export const agentVersionsTable = defineTable({
  name: 'agent_versions',
  columns: {
    agentVersionId: required('uuid', 'owned'),
    agentId: required('uuid', 'owned'),
    tenant: required('text', 'owned'),
    agentName: required('text', 'owned'),
    agentVersionName: required('text', 'owned'),
    agentVersionNumber: required('int', 'owned'),
    descriptionJson: optional('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
    deprecatedAtMs: optional('timestamp', 'owned'),
  },
  primaryKey: ['agentVersionId'],
  uniques: [['agentId', 'agentVersionNumber']],
  write: 'replace',
});

/** People. `propertiesJson` is the literal text of the object that was sent. */
export const peopleTable = defineTable({
  name: 'people',
  columns: {
    personKey: required('uuid', 'owned'),
    tenant: required('text', 'owned'),
    personId: required('text', 'owned'),
    propertiesJson: optional('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
  },
  primaryKey: ['personKey'],
  indexes: [{ columns: ['tenant', 'createdAtMs'] }],
  write: 'replace',
});

/**
 * Sessions, folded from events alone: the message key makes one partition own a session.
 * `createdAtMs`, agent and version are those of its first event in the log; the person is the latest named.
 * The index is on a column that never changes, so that counting an event is an update in place (HOT).
 */
export const sessionsTable = defineTable({
  name: 'sessions',
  columns: {
    sessionKey: required('uuid', 'owned'),
    tenant: required('text', 'owned'),
    session: required('text', 'owned'),
    agentName: required('text', 'owned'),
    agentVersionName: required('text', 'owned'),
    personId: optional('text', 'owned'),
    createdAtMs: required('timestamp', 'owned'),
    lastEventAtMs: required('timestamp', 'merged'),
    eventCount: required('int', 'counter'),
    inputTokens: required('bigint', 'counter'),
    outputTokens: required('bigint', 'counter'),
  },
  primaryKey: ['sessionKey'],
  indexes: [{ columns: ['tenant', 'createdAtMs'] }],
  write: 'replace',
  fillPercent: 80,
});

/**
 * The index of events: where each one is in the log and what its summary says, without the body.
 * `sessionKey` repeats the session in 16 bytes, because a name can be too long for an index entry.
 */
export const eventsTable = defineTable({
  name: 'events',
  columns: {
    tenant: required('text', 'owned'),
    eventId: required('uuid', 'owned'),
    session: optional('text', 'owned'),
    sessionKey: optional('uuid', 'owned'),
    fingerprintId: required('uuid', 'owned'),
    agentName: required('text', 'owned'),
    agentVersionName: required('text', 'owned'),
    personId: optional('text', 'owned'),
    recordedAtMs: required('timestamp', 'owned'),
    api: optional('text', 'owned'),
    model: optional('text', 'owned'),
    inputTokens: optional('bigint', 'owned'),
    outputTokens: optional('bigint', 'owned'),
    bytes: required('int', 'owned'),
    logPartition: required('int', 'owned', 'position'),
    logOffset: required('bigint', 'owned', 'position'),
  },
  primaryKey: ['tenant', 'eventId'],
  indexes: [
    { columns: ['tenant', 'recordedAtMs'] },
    { columns: ['sessionKey', 'recordedAtMs'], whereNotNull: 'sessionKey' },
  ],
  write: 'once',
});

export type FingerprintRow = Row<typeof fingerprintsTable>;
export type AgentRow = Row<typeof agentsTable>;
export type AgentVersionRow = Row<typeof agentVersionsTable>;
export type PersonRow = Row<typeof peopleTable>;
export type SessionRow = Row<typeof sessionsTable>;
export type EventRow = Row<typeof eventsTable>;
