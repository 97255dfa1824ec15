import { aBoolean, aName, aString, Field, NAME_SCHEMA, stringOrNull } from './fields.js';

const NullableDescription = (): PropertyDecorator =>
  Field({ rule: aString, presence: 'NULLABLE', schema: { type: 'string' } });

export class CreateAgentInput {
  @Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA })
  agent_name!: string;

  @NullableDescription()
  description?: string | null;
}

export class CreateAgentVersionInput {
  @Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA })
  agent_version_name!: string;

  @NullableDescription()
  description?: string | null;
}

/** What can be changed of an agent, and of an agent version. */
export class ChangeInput {
  @Field({
    rule: stringOrNull,
    presence: 'OPTIONAL',
    schema: { type: 'string', nullable: true, description: 'null clears it; absent leaves it.' },
  })
  description?: string | null;

  @Field({
    rule: aBoolean,
    presence: 'OPTIONAL',
    schema: { type: 'boolean', description: 'true sets deprecated_at once, false clears it; absent leaves it.' },
  })
  deprecated?: boolean;
}
