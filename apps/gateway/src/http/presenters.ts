import type { AgentVersionView, AgentView, PersonView } from './use-cases.js';
import type { AgentAnswer, AgentVersionAnswer, Shape } from './answers.js';

/** Views as the contract's JSON: every key present, times in UTC with three fractional digits. */
export const presentAgent = (agent: AgentView): Shape<AgentAnswer> => ({
  agent_name: agent.agentName,
  description: agent.description,
  agent_number: agent.agentNumber,
  created_at: agent.createdAt.toISOString(),
  deprecated_at: agent.deprecatedAt?.toISOString() ?? null,
});

export const presentAgentVersion = (version: AgentVersionView): Shape<AgentVersionAnswer> => ({
  agent_version_name: version.agentVersionName,
  description: version.description,
  agent_version_number: version.agentVersionNumber,
  created_at: version.createdAt.toISOString(),
  deprecated_at: version.deprecatedAt?.toISOString() ?? null,
});

/** JSON text, not an object: the person's properties go in exactly as they were sent. */
export const presentPerson = (person: PersonView): string =>
  `{"person_id":${JSON.stringify(person.personId)},"properties":${person.propertiesJson ?? 'null'},` +
  `"created_at":"${person.createdAt.toISOString()}"}`;
