import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { ProblemAnswer } from '../openapi/problem-answer.js';
import type { ProblemEnvelope } from './errors.js';

/** An answer is sent as a plain object; the classes below are only read by OpenAPI. */
export type Shape<T> = { readonly [Key in keyof T]: T[Key] };

export class EventAnswer {
  @ApiProperty({ type: 'string', format: 'uuid' })
  id!: string;
}

class AcceptedEventAnswer {
  @ApiProperty({ type: 'string', enum: ['accepted'] })
  status!: 'accepted';

  @ApiProperty({ type: 'string', format: 'uuid' })
  id!: string;
}

class RejectedEventAnswer extends ProblemAnswer {
  @ApiProperty({ type: 'string', enum: ['rejected'] })
  status!: 'rejected';
}

/** What became of one event of a batch. */
export type EventResult = Shape<AcceptedEventAnswer> | ({ readonly status: 'rejected' } & ProblemEnvelope);

@ApiExtraModels(AcceptedEventAnswer, RejectedEventAnswer)
export class EventBatchAnswer {
  @ApiProperty({
    type: 'array',
    description: 'One for each event, in their order.',
    items: { oneOf: [{ $ref: getSchemaPath(AcceptedEventAnswer) }, { $ref: getSchemaPath(RejectedEventAnswer) }] },
  })
  results!: readonly EventResult[];
}

export class FingerprintAnswer {
  @ApiProperty({ type: 'string', format: 'uuid' })
  fingerprint_id!: string;
}

export class AgentAnswer {
  @ApiProperty({ type: 'string' })
  agent_name!: string;

  @ApiProperty({ type: 'string', nullable: true })
  description!: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Counts the agents of a tenant in the order of creation.' })
  agent_number!: number;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  deprecated_at!: string | null;
}

export class AgentVersionAnswer {
  @ApiProperty({ type: 'string' })
  agent_version_name!: string;

  @ApiProperty({ type: 'string', nullable: true })
  description!: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Counts the versions of an agent in the order of creation.',
  })
  agent_version_number!: number;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  deprecated_at!: string | null;
}

export class PersonAnswer {
  @ApiProperty({ type: 'string' })
  person_id!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: 'Exactly as sent.' })
  properties!: Readonly<Record<string, unknown>> | null;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;
}

export class HealthAnswer {
  @ApiProperty({ type: 'string', enum: ['ok', 'unavailable'] })
  status!: 'ok' | 'unavailable';

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What is up, what is not, and lag.' })
  checks!: Readonly<Record<string, unknown>>;
}
