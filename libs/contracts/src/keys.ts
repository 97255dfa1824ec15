import type { EventId, FingerprintId, Tenant } from './brands.js';

/**
 * Message keys. What must stay in order shares a key: every agent and version of a tenant
 * (their numbers are counted by folding that key), each person, each fingerprint, each session.
 */
export const agentsKey = (tenant: Tenant): string => `${tenant}/agents`;
export const personKey = (tenant: Tenant, personId: string): string => `${tenant}/people/${personId}`;
export const fingerprintKey = (tenant: Tenant, id: FingerprintId): string => `${tenant}/fingerprints/${id}`;
/** An event without a session has nothing to be in order with, so its own id spreads it. */
export const eventKey = (tenant: Tenant, session: string | null, id: EventId): string => `${tenant}/${session ?? id}`;
/** `control` has one partition; the key only says what a message is about. */
export const controlKey = (subject: string): string => subject;

/**
 * Keys of the feed of changes: the tenant and the path that the API gives the entity. Each part is escaped as in a URL,
 * since names may hold slashes, and no two entities share a key.
 */
export const agentPath = (tenant: Tenant, agentName: string): string =>
  `${tenant}/agents/${encodeURIComponent(agentName)}`;
export const agentVersionPath = (tenant: Tenant, agentName: string, agentVersionName: string): string =>
  `${agentPath(tenant, agentName)}/agent-versions/${encodeURIComponent(agentVersionName)}`;
export const personPath = (tenant: Tenant, personId: string): string =>
  `${tenant}/people/${encodeURIComponent(personId)}`;
