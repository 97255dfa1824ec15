/** Unicode code points of an agent, version, person or session name. Source: the wire contract. */
export const IDENTIFIER_CODE_POINTS_MAX = 512;

/**
 * Says why `value` cannot name an agent, version, person or session; `undefined` if it can.
 * Names are 1 to 512 code points without control characters (category Cc) or lone surrogates.
 */
export function identifierProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.length === 0) return 'must not be empty';
  if (isTooLong(value)) {
    return `must be at most ${IDENTIFIER_CODE_POINTS_MAX} characters`;
  }
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return 'must not contain control characters';
  if (!value.isWellFormed()) return 'must not contain lone surrogates';
  return undefined;
}

/** A code point is one or two UTF-16 units, so only lengths between the limit and twice the limit need a count. */
function isTooLong(value: string): boolean {
  if (value.length <= IDENTIFIER_CODE_POINTS_MAX) return false;
  return value.length > 2 * IDENTIFIER_CODE_POINTS_MAX || Array.from(value).length > IDENTIFIER_CODE_POINTS_MAX;
}

/** Says why `value` cannot be a tenant's name; `undefined` if it can. */
export function tenantProblem(value: string): string | undefined {
  return /^[a-z0-9-]{1,63}$/.test(value) ? undefined : 'must be 1 to 63 characters of a-z, 0-9 and -';
}

/** Says why `value` cannot be an idempotency key; `undefined` if it can. */
export function idempotencyKeyProblem(value: string): string | undefined {
  return /^[\x21-\x7e]{1,255}$/.test(value) ? undefined : 'must be 1 to 255 visible ASCII characters';
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);
