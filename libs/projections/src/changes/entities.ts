import {
  decodeMessage,
  keyOf,
  type AgentChanged,
  type AgentVersionChanged,
  type Attributes,
  type Change,
  type Command,
  type PersonChanged,
  type StoredMessage,
} from '@logbook/contracts';
import { agentIdOf, agentVersionIdOf, personKeyOf } from '../fold-1/commands.needs.js';
import type { AgentRow, AgentVersionRow, PersonRow } from '../fold-1/tables.js';
import { descriptionOf } from '../storable-text.js';

/** What the feed of changes shows, without its state. */
export type Entity =
  | Omit<AgentChanged, keyof Attributes | 'agent'>
  | Omit<AgentVersionChanged, keyof Attributes | 'agentVersion'>
  | Omit<PersonChanged, keyof Attributes | 'person'>;

export interface NamedEntity {
  readonly entity: Entity;
  /** Of the last command that names it. */
  readonly timeMs: number;
}

/** Rows by their primary key; what is absent does not exist. */
export interface EntityRows {
  readonly agents: ReadonlyMap<string, AgentRow>;
  readonly agentVersions: ReadonlyMap<string, AgentVersionRow>;
  readonly people: ReadonlyMap<string, PersonRow>;
}

/** The primary keys of the rows of these entities. */
export interface EntityIds {
  readonly agentIds: readonly string[];
  readonly agentVersionIds: readonly string[];
  readonly personKeys: readonly string[];
}

/**
 * Each entity that these messages of `commands` may have changed, once. Whether they did is for the rows to say, also of a
 * message that is skipped. What cannot be decoded changes nothing.
 */
export function namedEntities(messages: readonly StoredMessage[]): NamedEntity[] {
  const named = new Map<string, NamedEntity>();
  for (const stored of messages) {
    const decoded = decodeMessage(stored);
    if (decoded.outcome !== 'DECODED') continue;
    const { message } = decoded;
    // Checked by decoding: it lies in `commands`.
    for (const entity of entitiesOf(message as Command)) {
      named.set(keyOfEntity(entity), { entity, timeMs: message.timeMs });
    }
  }
  return [...named.values()];
}

function entitiesOf(command: Command): Entity[] {
  const { tenant } = command;
  switch (command.type) {
    case 'com.logbook.fingerprint.register.v1':
      return [];
    case 'com.logbook.agent.register.v1':
    case 'com.logbook.agent.update.v1':
      return [{ type: 'com.logbook.agent.changed.v1', tenant, agentName: command.agentName }];
    case 'com.logbook.agent-version.register.v1':
    case 'com.logbook.agent-version.update.v1': {
      const { agentName, agentVersionName } = command;
      const version: Entity = { type: 'com.logbook.agent-version.changed.v1', tenant, agentName, agentVersionName };
      if (command.type === 'com.logbook.agent-version.update.v1') return [version];
      // The registration of a version registers its agent too.
      return [{ type: 'com.logbook.agent.changed.v1', tenant, agentName }, version];
    }
    case 'com.logbook.person.register.v1':
    case 'com.logbook.person.update.v1':
      return [{ type: 'com.logbook.person.changed.v1', tenant, personId: command.personId }];
  }
}

const NOWHERE = { id: '', timeMs: 0, source: '' };
const NO_ROWS: EntityRows = { agents: new Map(), agentVersions: new Map(), people: new Map() };

/** The key of the entity in the feed: its path. */
export const keyOfEntity = (entity: Entity): string => keyOf(changeOf(entity, NO_ROWS, NOWHERE));

export function idsOf(entities: readonly Entity[]): EntityIds {
  const agentIds: string[] = [];
  const agentVersionIds: string[] = [];
  const personKeys: string[] = [];
  for (const entity of entities) {
    if (entity.type === 'com.logbook.agent.changed.v1') agentIds.push(agentIdOf(entity.tenant, entity.agentName));
    else if (entity.type === 'com.logbook.person.changed.v1')
      personKeys.push(personKeyOf(entity.tenant, entity.personId));
    else agentVersionIds.push(agentVersionIdOf(entity.tenant, entity.agentName, entity.agentVersionName));
  }
  return { agentIds, agentVersionIds, personKeys };
}

/** What an entity is, as a message; where it has no row, that it is not. */
export function changeOf(entity: Entity, rows: EntityRows, attributes: Attributes): Change {
  switch (entity.type) {
    case 'com.logbook.agent.changed.v1': {
      const row = rows.agents.get(agentIdOf(entity.tenant, entity.agentName));
      return { ...attributes, ...entity, agent: row ? { agentNumber: row.agentNumber, ...described(row) } : null };
    }
    case 'com.logbook.agent-version.changed.v1': {
      const row = rows.agentVersions.get(agentVersionIdOf(entity.tenant, entity.agentName, entity.agentVersionName));
      const agentVersion = row ? { agentVersionNumber: row.agentVersionNumber, ...described(row) } : null;
      return { ...attributes, ...entity, agentVersion };
    }
    case 'com.logbook.person.changed.v1': {
      const row = rows.people.get(personKeyOf(entity.tenant, entity.personId));
      const person = row ? { propertiesJson: row.propertiesJson, createdAtMs: row.createdAtMs } : null;
      return { ...attributes, ...entity, person };
    }
  }
}

const described = ({ descriptionJson, createdAtMs, deprecatedAtMs }: AgentRow | AgentVersionRow) => ({
  description: descriptionOf(descriptionJson),
  createdAtMs,
  deprecatedAtMs,
});
