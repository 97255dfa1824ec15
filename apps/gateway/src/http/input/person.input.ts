import { memberText } from '@logbook/contracts';
import { aName, anObject, Field, NAME_SCHEMA } from './fields.js';

const OBJECT_SCHEMA = { type: 'object', additionalProperties: true } as const;

export class CreatePersonInput {
  @Field({ rule: aName, presence: 'REQUIRED', schema: NAME_SCHEMA })
  person_id!: string;

  @Field({
    rule: anObject,
    presence: 'NULLABLE',
    schema: { ...OBJECT_SCHEMA, description: 'Replaces those of an existing person; null or absent keeps them.' },
  })
  properties?: Readonly<Record<string, unknown>> | null;
}

export class UpdatePersonInput {
  @Field({
    rule: anObject,
    presence: 'REQUIRED',
    schema: { ...OBJECT_SCHEMA, description: 'Replaces the whole object.' },
  })
  properties!: Readonly<Record<string, unknown>>;
}

/** The literal text of `properties` in a body whose fields were checked: parsed and printed it would differ. */
export function propertiesText(text: string): string {
  const properties = memberText(text, 'properties');
  if (properties === undefined) throw new Error('a checked body has properties, yet their text was not found');
  return properties;
}
