import { orNull, identifier, uuid } from '../fields.js';
import type { JsonSchema } from '../json-schema.js';

const named = orNull(identifier).schema;

/**
 * The value of an event: what the client sent, checked by the gateway and otherwise untouched. What Logbook made of it
 * stands in the headers.
 */
export const EVENT_VALUE: JsonSchema = {
  description:
    'The bytes of the request, redactions spliced in: keys may be repeated, texts may hold lone surrogates and NUL as escapes, and a byte order mark may lead. Read agent, version, person, session, api, model and token counts from the headers.',
  type: 'object',
  properties: {
    event_name: { type: 'string', const: 'llm' },
    fingerprint_id: uuid.schema,
    properties: { type: 'object', description: 'What the client recorded: usually `api`, `inputs` and `output`.' },
    agent: named,
    agent_version: named,
    person: named,
    session: named,
  },
  required: ['event_name', 'fingerprint_id', 'properties'],
};
