import { v5, v7 } from 'uuid';
import { eventId, type EventId, type Tenant } from './brands.js';

/** Part of the contract: another value would give a retried event another id. */
const NAMESPACE = '7c278c5a-ed99-406d-8f1f-de2f30b5ad32';

/** A `ce_id` for a message of which a retry need not be recognized: a UUIDv7, so ids sort by time. */
export const newMessageId = (): string => v7();

/** The id of an event that came without an idempotency key. */
export const newEventId = (): EventId => eventId(v7());

/**
 * The id of an event that came with an idempotency key: the same for the same tenant, session (or none) and key,
 * so that however often it is sent it is one event. A UUIDv5 of `[session, key]` as JSON, which keeps the two
 * apart and null from "null", in a namespace of the tenant.
 */
export function idempotentEventId(event: {
  readonly tenant: Tenant;
  readonly session: string | null;
  readonly key: string;
}): EventId {
  return eventId(v5(JSON.stringify([event.session, event.key]), v5(event.tenant, NAMESPACE)));
}
