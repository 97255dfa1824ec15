import { fingerprintId } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
import type { EventToRecord } from '../use-cases.js';
import { checkFields, type FieldsCheck } from './check-fields.js';
import { aName, aNameOrEmpty, anObject, aUuid, Field, NAME_SCHEMA } from './fields.js';

const anLlmCall = (value: unknown): string | undefined => (value === 'llm' ? undefined : 'must be "llm"');

export class CreateEventInput {
  @Field({ rule: anLlmCall, presence: 'REQUIRED', schema: { type: 'string', enum: ['llm'] } })
  event_name!: 'llm';

  @Field({
    rule: anObject,
    presence: 'REQUIRED',
    schema: {
      type: 'object',
      additionalProperties: true,
      description: 'Whatever the client recorded: usually api, inputs and output. Kept as the bytes that were sent.',
    },
  })
  properties!: Readonly<Record<string, unknown>>;

  @Field({
    rule: aUuid,
    presence: 'REQUIRED',
    schema: { type: 'string', format: 'uuid', description: 'From PUT /fingerprints.' },
  })
  fingerprint_id!: string;

  @Field({
    rule: aName,
    presence: 'NULLABLE',
    schema: { ...NAME_SCHEMA, description: 'Created when unknown; `default` when absent.' },
  })
  agent?: string | null;

  @Field({
    rule: aName,
    presence: 'NULLABLE',
    schema: { ...NAME_SCHEMA, description: 'Created when unknown; `default` when absent.' },
  })
  agent_version?: string | null;

  @Field({ rule: aName, presence: 'NULLABLE', schema: { ...NAME_SCHEMA, description: 'Created when unknown.' } })
  person?: string | null;

  @Field({
    rule: aNameOrEmpty,
    presence: 'NULLABLE',
    schema: { ...NAME_SCHEMA, description: 'Created when unknown. Empty is answered 422 session-id-empty.' },
  })
  session?: string | null;
}

/** What an event's envelope says. */
export type EventFields = Pick<
  EventToRecord,
  'properties' | 'fingerprintId' | 'agentName' | 'agentVersionName' | 'personId' | 'session'
>;

/** `SESSION_EMPTY`: everything is right, but the session is the empty string. */
export type EventFieldsCheck =
  FieldsCheck<EventFields> | { readonly outcome: 'SESSION_EMPTY'; readonly message: string };

/** Checks one event's envelope: the body of POST /events, or one item of a batch. */
export function checkEvent(json: unknown): EventFieldsCheck {
  const check = checkFields(CreateEventInput, json);
  if (check.outcome === 'INVALID') return check;
  const { properties, fingerprint_id, agent, agent_version, person, session } = check.fields;
  if (session === '') return { outcome: 'SESSION_EMPTY', message: 'session must not be empty; leave it out for none' };
  return {
    outcome: 'VALID',
    fields: {
      properties,
      fingerprintId: fingerprintId(fingerprint_id.toLowerCase()),
      agentName: agent ?? null,
      agentVersionName: agent_version ?? null,
      personId: person ?? null,
      session: session ?? null,
    },
  };
}

/** The same, throwing invalid-request or session-id-empty. */
export function requireEvent(json: unknown): EventFields {
  const check = checkEvent(json);
  switch (check.outcome) {
    case 'VALID':
      return check.fields;
    case 'SESSION_EMPTY':
      throw new HttpProblem({ slug: 'session-id-empty', message: check.message });
    case 'INVALID':
      throw new HttpProblem({ slug: 'invalid-request', message: check.message, errors: check.errors });
  }
}
