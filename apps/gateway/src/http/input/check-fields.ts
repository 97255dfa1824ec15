import { validateSync } from 'class-validator';
import { HttpProblem, type FieldError } from '../errors.js';
import { fieldRulesOf, isJsonObject } from './fields.js';

export type InputClass<T extends object> = new () => T;

const VALIDATION = { stopAtFirstError: true, validationError: { target: false, value: false } } as const;

/**
 * Picks an envelope's known fields and checks each; throws invalid-request. What a field holds is not walked:
 * `properties` can be megabytes, and a thousand levels deep. Unknown keys are ignored. `subject` names the envelope.
 */
export function requireFields<T extends object>(input: InputClass<T>, json: unknown, subject = 'the body'): T {
  if (!isJsonObject(json)) throw invalid(subject, [{ path: '', message: 'must be a JSON object' }]);
  const fields = new input();
  let isValid = true;
  for (const { key, accepts } of fieldRulesOf(input)) {
    const value = Object.hasOwn(json, key) ? json[key] : undefined;
    if (value !== undefined) (fields as Record<string, unknown>)[key] = value;
    isValid &&= accepts(value);
  }
  // class-validator costs ten times the rules, and is asked only what to say about fields that break one.
  if (isValid) return fields;
  const errors = validateSync(fields, VALIDATION).map(({ property, constraints }) => ({
    path: property,
    message: Object.values(constraints ?? {})[0] ?? 'is not valid',
  }));
  throw invalid(subject, errors);
}

function invalid(subject: string, errors: readonly FieldError[]): HttpProblem {
  const message = errors.map(({ path, message }) => `${path === '' ? subject : path} ${message}`).join('; ');
  return new HttpProblem({ slug: 'invalid-request', message, errors });
}
