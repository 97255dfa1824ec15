import { ApiProperty } from '@nestjs/swagger';
import { identifierProblem, isUuid } from '@logbook/contracts';
import { IsOptional, ValidateBy, ValidateIf } from 'class-validator';
const keysOfInput = new WeakMap();
/** The wire names of an input's fields, in the order of the class. */
export const fieldKeysOf = (input) => keysOfInput.get(input) ?? [];
/** One field of an envelope: its rule for class-validator, its schema for OpenAPI, its name for `checkFields`. */
export function Field({ rule, presence, schema }) {
    const checked = (value) => (value === undefined ? 'is required' : rule(value));
    const decorators = [
        ApiProperty({ required: presence === 'REQUIRED', nullable: presence === 'NULLABLE', ...schema }),
        ValidateBy({
            name: 'field',
            validator: {
                validate: (value) => checked(value) === undefined,
                defaultMessage: (args) => checked(args?.value) ?? 'is not valid',
            },
        }),
    ];
    if (presence === 'NULLABLE')
        decorators.push(IsOptional());
    if (presence === 'OPTIONAL')
        decorators.push(ValidateIf((_input, value) => value !== undefined));
    return (target, key) => {
        for (const decorate of decorators)
            decorate(target, key);
        const keys = keysOfInput.get(target.constructor) ?? [];
        keysOfInput.set(target.constructor, [...keys, String(key)]);
    };
}
export const aString = (value) => (typeof value === 'string' ? undefined : 'must be a string');
export const aBoolean = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
export const aUuid = (value) => (isUuid(value) ? undefined : 'must be a UUID');
export const anObject = (value) => (isJsonObject(value) ? undefined : 'must be an object');
export const stringOrNull = (value) => (value === null ? undefined : aString(value));
export const aName = identifierProblem;
/** An empty session is its own error, told only when everything else is right; see `session-id-empty`. */
export const aNameOrEmpty = (value) => (value === '' ? undefined : identifierProblem(value));
export const anObjectOfStrings = (value) => isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : 'must be an object whose values are strings';
export const isJsonObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** The schema of a name; code points, as JSON Schema counts them. */
export const NAME_SCHEMA = { type: 'string', minLength: 1, maxLength: 512 };
