import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as the OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxLength?: number;
  readonly format?: string;
  readonly additionalProperties?: boolean | Schema;
}
export type Schemas = Readonly<Record<string, Schema>>;

/** Few enough that generated requests meet what earlier ones created. */
const NAMES = ['a', 'b', 'ä/ö', '%2F', '..', ' ', '𝄞', 'constructor', '__proto__', 'x'.repeat(512)];

/** Names that are names, and some that are not. */
export const names = (): Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...NAMES) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constantFrom('', '\0', '\ud800', 'x'.repeat(513), 'a\r\nb') },
  );

/** Values that a schema allows, of the schemas it refers to as well. */
export function valuesOf(schema: Schema, schemas: Schemas): Arbitrary<unknown> {
  const values = plainValuesOf(schema, schemas);
  return schema.nullable === true ? fc.option(values) : values;
}

function plainValuesOf(schema: Schema, schemas: Schemas): Arbitrary<unknown> {
  if (schema.$ref !== undefined) return valuesOf(referred(schema.$ref, schemas), schemas);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined
        ? fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
        : objectsOf(schema, schemas);
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}, schemas), { maxLength: 5 });
    case 'boolean':
      return fc.boolean();
    case 'string':
      return schema.format === 'uuid' ? fc.uuid() : names();
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectsOf({ properties = {}, required = [] }: Schema, schemas: Schemas): Arbitrary<unknown> {
  const values = Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema, schemas)] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: [...required] });
}

function referred(reference: string, schemas: Schemas): Schema {
  const schema = schemas[reference.replace('#/components/schemas/', '')];
  if (schema === undefined) throw new Error(`the document has no ${reference}`);
  return schema;
}
