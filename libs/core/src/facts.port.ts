import type { FingerprintId, LogId, Tenant } from '@logbook/contracts';

/**
 * Positive facts that, once true, stay true: a fingerprint exists, a name is registered.
 * A cache of them can be empty, stale or down and only latency changes.
 */
export type Fact = string & { readonly __fact: true };

export const fingerprintFact = (tenant: Tenant, id: FingerprintId): Fact => fact(['fingerprint', tenant, id]);
export const agentFact = (tenant: Tenant, agentName: string): Fact => fact(['agent', tenant, agentName]);
export const agentVersionFact = (tenant: Tenant, agentName: string, agentVersionName: string): Fact =>
  fact(['version', tenant, agentName, agentVersionName]);
export const personFact = (tenant: Tenant, personId: string): Fact => fact(['person', tenant, personId]);

/** JSON keeps the parts apart, whatever characters a name has. */
const fact = (parts: readonly string[]): Fact => JSON.stringify(parts) as Fact;

/** The prefix of every key a shared cache holds, so that two logs never mix. */
export const factPrefix = (logId: LogId): string => `logbook:${logId}:`;

/**
 * Where facts are remembered. Never rejects: a cache that is away answers "not known" within its time-out.
 */
export interface FactCache {
  /** Per fact, whether it is known here. */
  known(facts: readonly Fact[]): Promise<boolean[]>;
  /** Remembers facts; best effort. */
  remember(facts: readonly Fact[]): Promise<void>;
  /** Whether the cache answers now. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}
