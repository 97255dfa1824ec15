/**
 * How long, or how often, something is away: enough to see what is promised in the slow suites, the full length where
 * `LOGBOOK_TEST_OUTAGES` is `full` (`npm run test:outages`).
 */
export function outageLength(
  { usual, full }: { readonly usual: number; readonly full: number },
  given = process.env['LOGBOOK_TEST_OUTAGES'],
): number {
  return given === 'full' ? full : usual;
}
