import { IDENTIFIER_CODE_POINTS_MAX, identifierProblem, isUuid } from './identifiers.js';
import type { JsonSchema } from './json-schema.js';
import { PoisonError } from './poison.js';
import { utcTimeMs } from './utc-time.js';

/**
 * A kind of field: how it is read, and its JSON Schema, side by side so that a reader in another language is told what ours
 * takes. `read` is given `undefined` for a field that is not there; what is missing or of another kind is poison.
 */
export interface Field<T> {
  readonly schema: JsonSchema;
  readonly optional?: true;
  readonly read: (value: unknown, name: string) => T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type ValueOf<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };
type JsonObject = Readonly<Record<string, unknown>>;

const fail = (name: string, problem: string): never => {
  throw new PoisonError(`${name} ${problem}`);
};

export const text: Field<string> = {
  schema: { type: 'string' },
  read: (value, name) => (typeof value === 'string' ? value : fail(name, 'must be a string')),
};

export const boolean: Field<boolean> = {
  schema: { type: 'boolean' },
  read: (value, name) => (typeof value === 'boolean' ? value : fail(name, 'must be a boolean')),
};

export const count: Field<number> = {
  schema: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  read: (value, name) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? (value as number)
      : fail(name, 'must be a whole number, 0 or more'),
};

export const countFromOne: Field<number> = {
  schema: { ...count.schema, minimum: 1 },
  read: (value, name) => count.read(value, name) || fail(name, 'must be 1 or more'),
};

/** A time in UTC, read as Unix milliseconds. */
export const time: Field<number> = {
  schema: { type: 'string', format: 'date-time', pattern: 'Z$' },
  read: (value, name) => utcTimeMs(text.read(value, name)) ?? fail(name, 'must be a time in UTC'),
};

/** Control characters (category Cc) and surrogates that are half of nothing. */
const IDENTIFIER_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$';

/** The name of an agent, version, person or session. */
export const identifier: Field<string> = {
  schema: { type: 'string', minLength: 1, maxLength: IDENTIFIER_CODE_POINTS_MAX, pattern: IDENTIFIER_PATTERN },
  read: (value, name) => {
    const problem = identifierProblem(value);
    return problem === undefined ? (value as string) : fail(name, problem);
  },
};

export const uuid: Field<string> = {
  schema: { type: 'string', format: 'uuid' },
  read: (value, name) => (isUuid(value) ? value.toLowerCase() : fail(name, 'must be a UUID')),
};

export const hex = (digits: number): Field<string> => ({
  schema: { type: 'string', pattern: `^[0-9a-f]{${digits}}$` },
  read: (value, name) => {
    const digitsText = text.read(value, name);
    return digitsText.length === digits && /^[0-9a-f]+$/.test(digitsText)
      ? digitsText
      : fail(name, `must be ${digits} hexadecimal digits`);
  },
});

/** The literal text of a JSON object, kept as text: parsing and printing it again would change it. */
export const jsonObjectText: Field<string> = {
  schema: {
    type: 'string',
    contentMediaType: 'application/json',
    description: 'The text of a JSON object, as it was sent.',
  },
  read: (value, name) => {
    const literal = text.read(value, name);
    let parsed: unknown;
    try {
      parsed = JSON.parse(literal);
    } catch {
      parsed = undefined;
    }
    return isJsonObject(parsed) ? literal : fail(name, 'must be the text of a JSON object');
  },
};

export const oneOf = <T extends string>(values: readonly T[]): Field<T> => ({
  schema: { type: 'string', enum: values },
  read: (value, name) => {
    const found = values.find((one) => one === text.read(value, name));
    return found ?? fail(name, 'is unknown');
  },
});

/** The number of a format that a later release may raise. */
export const formatVersion = <T extends number>(version: T): Field<T> => ({
  schema: { type: 'integer', const: version },
  read: (value, name) => {
    const found = count.read(value, name);
    return found === version ? version : fail(name, `${found} is unknown to this release`);
  },
});

export const orNull = <T>(field: Field<T>): Field<T | null> => ({
  schema: { ...field.schema, type: [field.schema.type as string, 'null'] },
  read: (value, name) => (value === null ? null : field.read(value, name)),
});

export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  schema: field.schema,
  optional: true,
  read: (value, name) => (value === undefined ? undefined : field.read(value, name)),
});

export const object = <F extends Fields>(fields: F): Field<ValueOf<F>> => ({
  schema: schemaOfFields(fields),
  read: (value) => readFields(fields, jsonObject(value)),
});

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function jsonObject(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new PoisonError('the value is not a JSON object');
  return value;
}

/** Fields that are not named are ignored: later releases may add some. */
export function readFields<F extends Fields>(fields: F, data: JsonObject): ValueOf<F> {
  const read = Object.entries(fields).map(([name, field]) => [
    name,
    field.read(Object.hasOwn(data, name) ? data[name] : undefined, name),
  ]);
  return Object.fromEntries(read) as ValueOf<F>;
}

export function schemaOfFields(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    required: entries.flatMap(([name, field]) => (field.optional === true ? [] : [name])),
  };
}
