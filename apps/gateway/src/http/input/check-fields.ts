import { validateSync } from 'class-validator';
import { HttpProblem, type FieldError } from '../errors.js';
import { fieldKeysOf, isJsonObject } from './fields.js';

export type InputClass<T extends object> = new () => T;

const VALIDATION = { stopAtFirstError: true, validationError: { target: false, value: false } } as const;

/**
 * Picks an envelope's known fields and checks each; throws invalid-request. What a field holds is not walked:
 * `properties` can be megabytes, and a thousand levels deep. Unknown keys are ignored. `subject` names the envelope.
 */
export function requireFields<T extends object>(input: InputClass<T>, json: unknown, subject = 'the body'): T {
  if (!isJsonObject(json)) throw invalid(subject, [{ path: '', message: 'must be a JSON object' }]);
  const fields = new input();
  for (const key of fieldKeysOf(input)) {
    if (Object.hasOwn(json, key)) (fields as Record<string, unknown>)[key] = json[key];
  }
  const errors = validateSync(fields, VALIDATION).map(({ property, constraints }) => ({
    path: property,
    message: Object.values(constraints ?? {})[0] ?? 'is not valid',
  }));
  if (errors.length > 0) throw invalid(subject, errors);
  return fields;
}

function invalid(subject: string, errors: readonly FieldError[]): HttpProblem {
  const message = errors.map(({ path, message }) => `${path === '' ? subject : path} ${message}`).join('; ');
  return new HttpProblem({ slug: 'invalid-request', message, errors });
}
