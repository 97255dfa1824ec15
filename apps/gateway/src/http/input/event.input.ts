import { fingerprintId } from '@logbook/contracts';
import { HttpProblem } from '../errors.js';
import type { EventToRecord } from '../use-cases.js';
import { requireFields } from './check-fields.js';
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

/** What stands beside an event's envelope. */
export type EventOrigin = Pick<EventToRecord, 'tenant' | 'text' | 'bytes' | 'traceparent'>;

/** The envelope of POST /events. Throws invalid-request, or session-id-empty. */
export const requireEvent = (json: unknown, origin: EventOrigin, idempotencyKey: string | null): EventToRecord =>
  eventToRecord(requireFields(CreateEventInput, json), origin, idempotencyKey);

/** Throws session-id-empty, which is told only of an event that is right in all else. */
export function eventToRecord(
  input: CreateEventInput,
  origin: EventOrigin,
  idempotencyKey: string | null,
): EventToRecord {
  if (input.session === '') {
    throw new HttpProblem({
      slug: 'session-id-empty',
      message: 'session must not be empty; leave it out for none',
    });
  }
  return {
    tenant: origin.tenant,
    text: origin.text,
    bytes: origin.bytes,
    properties: input.properties,
    fingerprintId: fingerprintId(input.fingerprint_id.toLowerCase()),
    agentName: input.agent ?? null,
    agentVersionName: input.agent_version ?? null,
    personId: input.person ?? null,
    session: input.session ?? null,
    idempotencyKey,
    traceparent: origin.traceparent,
  };
}
