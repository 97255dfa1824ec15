import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { identifierProblem, isUuid } from '@logbook/contracts';
import { IsOptional, ValidateBy, ValidateIf } from 'class-validator';

/** Says why a value cannot stand in a field; `undefined` if it can. */
export type Rule = (value: unknown) => string | undefined;

/** One field of an envelope, as `requireFields` looks at it. */
export interface FieldRule {
  /** Its name on the wire. */
  readonly key: string;
  /** Whether the value, `undefined` where it is absent, can stand in it: what class-validator would say too. */
  readonly accepts: (value: unknown) => boolean;
}

const rulesOfInput = new WeakMap<object, readonly FieldRule[]>();

/** The fields of an input, in the order of the class; those of the class it extends come first. */
export function fieldRulesOf(input: object): readonly FieldRule[] {
  for (let each: object | null = input; each !== null; each = Object.getPrototypeOf(each) as object | null) {
    const rules = rulesOfInput.get(each);
    if (rules !== undefined) return rules;
  }
  return [];
}

export interface FieldOptions {
  readonly rule: Rule;
  /** REQUIRED: absent is an error. OPTIONAL: absent is fine, null is up to the rule. NULLABLE: absent or null is fine. */
  readonly presence: 'REQUIRED' | 'OPTIONAL' | 'NULLABLE';
  readonly schema: ApiPropertyOptions;
}

/** One field of an envelope: its rule for class-validator, its schema for OpenAPI, and both for `requireFields`. */
export function Field({ rule, presence, schema }: FieldOptions): PropertyDecorator {
  const checked: Rule = (value) => (value === undefined ? 'is required' : rule(value));
  const mayBeAbsent = presence !== 'REQUIRED';
  const mayBeNull = presence === 'NULLABLE';
  const accepts = (value: unknown): boolean =>
    (value === undefined && mayBeAbsent) || (value === null && mayBeNull) || checked(value) === undefined;
  const decorators: PropertyDecorator[] = [
    ApiProperty({
      required: presence === 'REQUIRED',
      nullable: presence === 'NULLABLE',
      ...schema,
    } as ApiPropertyOptions),
    ValidateBy({
      name: 'field',
      validator: {
        validate: (value) => checked(value) === undefined,
        defaultMessage: (args) => checked(args?.value) ?? 'is not valid',
      },
    }),
  ];
  if (presence === 'NULLABLE') decorators.push(IsOptional());
  if (presence === 'OPTIONAL') decorators.push(ValidateIf((_input, value) => value !== undefined));
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
    rulesOfInput.set(target.constructor, [...fieldRulesOf(target.constructor), { key: String(key), accepts }]);
  };
}

export const aString: Rule = (value) => (typeof value === 'string' ? undefined : 'must be a string');
export const aBoolean: Rule = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
export const aUuid: Rule = (value) => (isUuid(value) ? undefined : 'must be a UUID');
export const anObject: Rule = (value) => (isJsonObject(value) ? undefined : 'must be an object');
export const stringOrNull: Rule = (value) => (value === null ? undefined : aString(value));
export const aName: Rule = identifierProblem;
/** An empty session is its own error, told only when everything else is right; see `session-id-empty`. */
export const aNameOrEmpty: Rule = (value) => (value === '' ? undefined : identifierProblem(value));
export const anObjectOfStrings: Rule = (value) =>
  isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : 'must be an object whose values are strings';

export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of a name; code points, as JSON Schema counts them. */
export const NAME_SCHEMA = { type: 'string', minLength: 1, maxLength: 512 } as const;

/** The schema of `Idempotency-Key` and `event_id`: visible ASCII. */
export const IDEMPOTENCY_KEY_SCHEMA = {
  type: 'string',
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7e]+$',
} as const;
