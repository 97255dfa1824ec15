import { ApiProperty } from '@nestjs/swagger';
import { idempotencyKeyProblem } from '@logbook/contracts';
import type { EventToRecord } from '../use-cases.js';
import { requireFields } from './check-fields.js';
import { CreateEventInput, type EventOrigin, eventToRecord } from './event.input.js';
import { aString, Field, IDEMPOTENCY_KEY_SCHEMA, type Rule } from './fields.js';

/** Limits of a whole batch, inclusive. Source: the wire contract. */
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;
export const BATCH_EVENTS_MAX = 1_000;

const anIdempotencyKey: Rule = (value) => aString(value) ?? idempotencyKeyProblem(value as string);

/** An event as an item of a batch, which has no headers of its own. */
export class BatchEventInput extends CreateEventInput {
  @Field({
    rule: anIdempotencyKey,
    presence: 'NULLABLE',
    schema: {
      ...IDEMPOTENCY_KEY_SCHEMA,
      description: 'What Idempotency-Key is to POST /events; the two share one key space.',
    },
  })
  event_id?: string | null;
}

/** Read by OpenAPI alone: the list is not validated as a whole, because each event stands or falls alone. */
export class CreateEventsInput {
  @ApiProperty({ type: BatchEventInput, isArray: true, minItems: 1, maxItems: BATCH_EVENTS_MAX })
  events!: BatchEventInput[];
}

/** One event of a batch. Throws invalid-request, or session-id-empty. */
export function requireBatchEvent(json: unknown, origin: EventOrigin): EventToRecord {
  const input = requireFields(BatchEventInput, json, 'the event');
  return eventToRecord(input, origin, input.event_id ?? null);
}
