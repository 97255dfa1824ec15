import { validateSync } from 'class-validator';
import { HttpProblem } from '../errors.js';
import { fieldKeysOf, isJsonObject } from './fields.js';
const VALIDATION = { stopAtFirstError: true, validationError: { target: false, value: false } };
/**
 * Picks an envelope's known fields and checks each. What a field holds is not walked: `properties` can be
 * megabytes, and a thousand levels deep. Unknown keys are ignored.
 */
export function checkFields(input, json) {
    if (!isJsonObject(json))
        return { outcome: 'INVALID', ...messageOf([{ path: '', message: 'must be a JSON object' }]) };
    const fields = new input();
    for (const key of fieldKeysOf(input)) {
        if (Object.hasOwn(json, key))
            fields[key] = json[key];
    }
    const errors = validateSync(fields, VALIDATION).map(({ property, constraints }) => ({
        path: property,
        message: Object.values(constraints ?? {})[0] ?? 'is not valid',
    }));
    return errors.length === 0 ? { outcome: 'VALID', fields } : { outcome: 'INVALID', ...messageOf(errors) };
}
/** The same, throwing invalid-request. */
export function requireFields(input, json) {
    const check = checkFields(input, json);
    if (check.outcome === 'VALID')
        return check.fields;
    throw new HttpProblem({ slug: 'invalid-request', message: check.message, errors: check.errors });
}
const messageOf = (errors) => ({
    message: errors.map(({ path, message }) => `${path === '' ? 'the body' : path} ${message}`).join('; '),
    errors,
});
