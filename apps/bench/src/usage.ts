/** What the operator got wrong, in a line that says what to do. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

/** The value of an option that counts something. */
export function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || text.length > String(max).length || value < min || value > max) {
    throw new BenchUsageError(`${name} ${text}: must be a whole number from ${min} to ${max}`);
  }
  return value;
}
