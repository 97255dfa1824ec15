/** Thrown inside `decodeMessage` alone; callers see the outcome `POISON`. */
export class PoisonError extends Error {
  override readonly name = 'PoisonError';
}
