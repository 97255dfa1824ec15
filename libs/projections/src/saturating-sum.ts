/**
 * The sum of two whole numbers, at most 2^53 - 1. Clients choose token counts, so sums can leave the exact
 * range; adding with a ceiling stays associative there, which plain addition of doubles does not.
 */
export function saturatingSum(left: number, right: number): number {
  return Math.min(left + right, Number.MAX_SAFE_INTEGER);
}
