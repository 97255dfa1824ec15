import { count, jsonObjectText, orNull, text, time, type Fields } from './fields.js';
import type { Change } from './message.js';

const DESCRIBED = { description: orNull(text) };
const TIMES = { created_at: time, deprecated_at: orNull(time) };

/** The fields of a state in the feed; their names are part of the contract, and those of the API but for `properties_json`. */
export const STATE_FIELDS = {
  'com.logbook.agent.changed.v1': { ...DESCRIBED, agent_number: count, ...TIMES },
  'com.logbook.agent-version.changed.v1': { ...DESCRIBED, agent_version_number: count, ...TIMES },
  'com.logbook.person.changed.v1': { properties_json: orNull(jsonObjectText), created_at: time },
} as const satisfies Readonly<Record<Change['type'], Fields>>;

/** The JSON value of a change; `null`: a deletion has none. */
export function stateOf(change: Change): object | null {
  switch (change.type) {
    case 'com.logbook.agent.changed.v1': {
      const { agent } = change;
      return agent && { description: agent.description, agent_number: agent.agentNumber, ...timesOf(agent) };
    }
    case 'com.logbook.agent-version.changed.v1': {
      const { agentVersion: version } = change;
      const number = { agent_version_number: version?.agentVersionNumber };
      return version && { description: version.description, ...number, ...timesOf(version) };
    }
    case 'com.logbook.person.changed.v1': {
      const { person } = change;
      return person && { properties_json: person.propertiesJson, created_at: isoTime(person.createdAtMs) };
    }
  }
}

const timesOf = ({ createdAtMs, deprecatedAtMs }: { createdAtMs: number; deprecatedAtMs: number | null }) => ({
  created_at: isoTime(createdAtMs),
  deprecated_at: deprecatedAtMs === null ? null : isoTime(deprecatedAtMs),
});

const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();
