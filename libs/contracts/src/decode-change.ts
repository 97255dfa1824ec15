import type { Tenant } from './brands.js';
import { STATE_FIELDS } from './change-values.js';
import { jsonObject, readFields } from './fields.js';
import { H } from './headers.js';
import type { Attributes, Change } from './message.js';

export interface EncodedState {
  readonly type: Change['type'];
  /** The parsed value; `undefined`: there is none, it was deleted. */
  readonly data: unknown;
  /** Reads an identifier that must be there from a header. */
  readonly nameIn: (header: string) => string;
}

/** Decodes a message of the feed. */
export function decodeChange(
  { type, data, nameIn }: EncodedState,
  attributes: Attributes & { readonly tenant: Tenant },
): Change {
  const object = data === undefined ? null : jsonObject(data);
  switch (type) {
    case 'com.logbook.agent.changed.v1': {
      const state = object && readFields(STATE_FIELDS[type], object);
      const agent = state && { agentNumber: state.agent_number, ...described(state) };
      return { ...attributes, type, agentName: nameIn(H.agent), agent };
    }
    case 'com.logbook.agent-version.changed.v1': {
      const state = object && readFields(STATE_FIELDS[type], object);
      const agentVersion = state && { agentVersionNumber: state.agent_version_number, ...described(state) };
      return {
        ...attributes,
        type,
        agentName: nameIn(H.agent),
        agentVersionName: nameIn(H.agentVersion),
        agentVersion,
      };
    }
    case 'com.logbook.person.changed.v1': {
      const state = object && readFields(STATE_FIELDS[type], object);
      const person = state && { propertiesJson: state.properties_json, createdAtMs: state.created_at };
      return { ...attributes, type, personId: nameIn(H.person), person };
    }
  }
}

const described = (state: {
  readonly description: string | null;
  readonly created_at: number;
  readonly deprecated_at: number | null;
}) => ({ description: state.description, createdAtMs: state.created_at, deprecatedAtMs: state.deprecated_at });
