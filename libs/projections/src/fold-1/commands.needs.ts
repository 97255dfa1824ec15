import { entityId, type Command, type FingerprintId, type Tenant } from '@logbook/contracts';
import type { FoldedMessage } from '../admit.js';
import type { AgentRow, AgentVersionRow, FingerprintRow, PersonRow } from './tables.js';

export const agentIdOf = (tenant: Tenant, agentName: string): string => entityId('agent', tenant, agentName);
export const agentVersionIdOf = (tenant: Tenant, agentName: string, agentVersionName: string): string =>
  entityId('agent-version', tenant, agentName, agentVersionName);
export const personKeyOf = (tenant: Tenant, personId: string): string => entityId('person', tenant, personId);

export interface FingerprintRef {
  readonly tenant: Tenant;
  readonly fingerprintId: FingerprintId;
}
export const fingerprintRefText = ({ tenant, fingerprintId }: FingerprintRef): string => `${tenant}/${fingerprintId}`;

/** Which rows `foldCommands` must be given for these messages. Each list names a row once. */
export interface CommandsNeeds {
  readonly fingerprints: readonly FingerprintRef[];
  /** The last agent number of each. */
  readonly tenants: readonly Tenant[];
  /** The rows of these agents, and the last version number of each. */
  readonly agentIds: readonly string[];
  readonly agentVersionIds: readonly string[];
  /** When each of these people was created. */
  readonly personKeys: readonly string[];
}

/** The rows that exist, of those needed. What is absent here does not exist. */
export interface CommandsSlice {
  /** By `fingerprintRefText`. */
  readonly fingerprints: ReadonlySet<string>;
  readonly lastAgentNumbers: ReadonlyMap<string, number>;
  readonly agents: ReadonlyMap<string, AgentRow>;
  readonly lastAgentVersionNumbers: ReadonlyMap<string, number>;
  readonly agentVersions: ReadonlyMap<string, AgentVersionRow>;
  /** Properties are up to 8 MiB and no rule reads them, so only the time of creation is loaded. */
  readonly people: ReadonlyMap<string, Pick<PersonRow, 'createdAtMs'>>;
}

/** The rows to write: at most one of each key, in its final form. */
export interface CommandsChanges {
  readonly fingerprints: readonly FingerprintRow[];
  readonly agents: readonly AgentRow[];
  readonly agentVersions: readonly AgentVersionRow[];
  readonly people: readonly PersonRow[];
}

export function needsOfCommands(messages: readonly FoldedMessage<Command>[]): CommandsNeeds {
  const fingerprints = new Map<string, FingerprintRef>();
  const tenants = new Set<Tenant>();
  const agentIds = new Set<string>();
  const agentVersionIds = new Set<string>();
  const personKeys = new Set<string>();
  for (const { message } of messages) {
    switch (message.type) {
      case 'com.logbook.fingerprint.register.v1':
        fingerprints.set(fingerprintRefText(message), { tenant: message.tenant, fingerprintId: message.fingerprintId });
        break;
      case 'com.logbook.agent-version.register.v1':
      case 'com.logbook.agent-version.update.v1':
        agentVersionIds.add(agentVersionIdOf(message.tenant, message.agentName, message.agentVersionName));
        tenants.add(message.tenant);
        agentIds.add(agentIdOf(message.tenant, message.agentName));
        break;
      case 'com.logbook.agent.register.v1':
      case 'com.logbook.agent.update.v1':
        tenants.add(message.tenant);
        agentIds.add(agentIdOf(message.tenant, message.agentName));
        break;
      case 'com.logbook.person.register.v1':
      case 'com.logbook.person.update.v1':
        personKeys.add(personKeyOf(message.tenant, message.personId));
        break;
    }
  }
  return {
    fingerprints: [...fingerprints.values()],
    tenants: [...tenants],
    agentIds: [...agentIds],
    agentVersionIds: [...agentVersionIds],
    personKeys: [...personKeys],
  };
}
