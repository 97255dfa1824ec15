/** Thrown inside `decodeMessage` alone; callers see the outcome `POISON`. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError';
}

/** A value that somebody else wrote, fit for a reason: bounded, and escaped so that any store and log can hold it. */
export const quoted = (value: string): string => JSON.stringify(value.slice(0, 64));
