/** The seed of this run: that of the environment, so that a failed run can be repeated, or a new one. */
export function sweepSeed(given = process.env['LOGBOOK_TEST_SWEEP_SEED']): number {
  return given === undefined || given === '' ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}

/** How often a sweep kills: fewer where somebody only wants to see it work. */
export function sweepKills(usual: number, given = process.env['LOGBOOK_TEST_SWEEP_KILLS']): number {
  return given === undefined || given === '' ? usual : Number(given);
}
