import type {
  Command,
  RegisterAgentVersion,
  RegisterFingerprint,
  RegisterPerson,
  Tenant,
  UpdateAgent,
  UpdateAgentVersion,
  UpdatePerson,
} from '@logbook/contracts';
import type { FoldedMessage } from '../admit.js';
import {
  agentIdOf,
  agentVersionIdOf,
  fingerprintRefText,
  personKeyOf,
  type CommandsChanges,
  type CommandsSlice,
} from './commands.needs.js';
import type { AgentRow, AgentVersionRow, FingerprintRow, PersonRow } from './tables.js';

/**
 * Folds commands of one partition, in order, into the rows they leave behind.
 * Registering what exists and updating what does not have no effect.
 */
export function foldCommands(slice: CommandsSlice, messages: readonly FoldedMessage<Command>[]): CommandsChanges {
  const state = new CommandsState(slice);
  for (const { message } of messages) state.apply(message);
  return state.changes();
}

/** The slice as the messages so far have changed it; only changed rows are kept. */
class CommandsState {
  private readonly fingerprints = new Map<string, FingerprintRow>();
  private readonly agents = new Map<string, AgentRow>();
  private readonly agentVersions = new Map<string, AgentVersionRow>();
  private readonly people = new Map<string, PersonRow>();
  private readonly lastAgentNumbers: Map<string, number>;
  private readonly lastAgentVersionNumbers: Map<string, number>;

  constructor(private readonly slice: CommandsSlice) {
    this.lastAgentNumbers = new Map(slice.lastAgentNumbers);
    this.lastAgentVersionNumbers = new Map(slice.lastAgentVersionNumbers);
  }

  changes(): CommandsChanges {
    return {
      fingerprints: [...this.fingerprints.values()],
      agents: [...this.agents.values()],
      agentVersions: [...this.agentVersions.values()],
      people: [...this.people.values()],
    };
  }

  apply(message: Command): void {
    switch (message.type) {
      case 'com.logbook.fingerprint.register.v1':
        return this.registerFingerprint(message);
      case 'com.logbook.agent.register.v1':
        return this.registerAgent(message.tenant, message.agentName, message.description, message.timeMs);
      case 'com.logbook.agent.update.v1':
        return this.updateAgent(message);
      case 'com.logbook.agent-version.register.v1':
        return this.registerAgentVersion(message);
      case 'com.logbook.agent-version.update.v1':
        return this.updateAgentVersion(message);
      case 'com.logbook.person.register.v1':
        return this.registerPerson(message);
      case 'com.logbook.person.update.v1':
        return this.updatePerson(message);
    }
  }

  private registerFingerprint({ tenant, fingerprintId, contentJson, timeMs }: RegisterFingerprint): void {
    const ref = fingerprintRefText({ tenant, fingerprintId });
    if (this.slice.fingerprints.has(ref) || this.fingerprints.has(ref)) return;
    this.fingerprints.set(ref, { tenant, fingerprintId, contentJson, createdAtMs: timeMs });
  }

  private registerAgent(tenant: Tenant, agentName: string, description: string | null, timeMs: number): void {
    const agentId = agentIdOf(tenant, agentName);
    if (this.agent(agentId) !== undefined) return;
    this.agents.set(agentId, {
      agentId,
      tenant,
      agentName,
      agentNumber: nextNumber(this.lastAgentNumbers, tenant),
      descriptionJson: literal(description),
      createdAtMs: timeMs,
      deprecatedAtMs: null,
    });
  }

  private updateAgent(message: UpdateAgent): void {
    const agent = this.agent(agentIdOf(message.tenant, message.agentName));
    if (agent !== undefined) this.agents.set(agent.agentId, updated(agent, message));
  }

  private registerAgentVersion(message: RegisterAgentVersion): void {
    const { tenant, agentName, agentVersionName, description, timeMs } = message;
    const agentVersionId = agentVersionIdOf(tenant, agentName, agentVersionName);
    if (this.agentVersion(agentVersionId) !== undefined) return;
    this.registerAgent(tenant, agentName, null, timeMs);
    const agentId = agentIdOf(tenant, agentName);
    this.agentVersions.set(agentVersionId, {
      agentVersionId,
      agentId,
      tenant,
      agentName,
      agentVersionName,
      agentVersionNumber: nextNumber(this.lastAgentVersionNumbers, agentId),
      descriptionJson: literal(description),
      createdAtMs: timeMs,
      deprecatedAtMs: null,
    });
  }

  private updateAgentVersion(message: UpdateAgentVersion): void {
    const id = agentVersionIdOf(message.tenant, message.agentName, message.agentVersionName);
    const version = this.agentVersion(id);
    if (version !== undefined) this.agentVersions.set(id, updated(version, message));
  }

  private registerPerson({ tenant, personId, propertiesJson, timeMs }: RegisterPerson): void {
    const personKey = personKeyOf(tenant, personId);
    const createdAtMs = this.personCreatedAtMs(personKey);
    if (createdAtMs !== undefined && propertiesJson === null) return;
    this.people.set(personKey, { personKey, tenant, personId, propertiesJson, createdAtMs: createdAtMs ?? timeMs });
  }

  private updatePerson({ tenant, personId, propertiesJson }: UpdatePerson): void {
    const personKey = personKeyOf(tenant, personId);
    const createdAtMs = this.personCreatedAtMs(personKey);
    if (createdAtMs === undefined) return;
    this.people.set(personKey, { personKey, tenant, personId, propertiesJson, createdAtMs });
  }

  private agent(agentId: string): AgentRow | undefined {
    return this.agents.get(agentId) ?? this.slice.agents.get(agentId);
  }

  private agentVersion(agentVersionId: string): AgentVersionRow | undefined {
    return this.agentVersions.get(agentVersionId) ?? this.slice.agentVersions.get(agentVersionId);
  }

  private personCreatedAtMs(personKey: string): number | undefined {
    return (this.people.get(personKey) ?? this.slice.people.get(personKey))?.createdAtMs;
  }
}

function nextNumber(lastNumbers: Map<string, number>, owner: string): number {
  const number = (lastNumbers.get(owner) ?? 0) + 1;
  lastNumbers.set(owner, number);
  return number;
}

/** Description and deprecation after an update: `undefined` leaves a field, deprecating twice keeps the first time. */
function updated<R extends AgentRow | AgentVersionRow>(row: R, update: UpdateAgent | UpdateAgentVersion): R {
  const { description, deprecated, timeMs } = update;
  const deprecatedAtMs = deprecated === true ? (row.deprecatedAtMs ?? timeMs) : null;
  return {
    ...row,
    descriptionJson: description === undefined ? row.descriptionJson : literal(description),
    deprecatedAtMs: deprecated === undefined ? row.deprecatedAtMs : deprecatedAtMs,
  };
}

const literal = (description: string | null): string | null =>
  description === null ? null : JSON.stringify(description);
