/** Numbers in [0, 1) that a seed decides: a sweep that failed can be run again with the same moments. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // The generator called mulberry32: 32 bits of state are plenty for moments in time.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: that of the environment, so that a failed run can be repeated, or a new one. */
export function sweepSeed(given = process.env['LOGBOOK_TEST_SWEEP_SEED']): number {
  return given === undefined || given === '' ? Math.floor(Math.random() * 2 ** 32) : Number(given);
}

/** How often a sweep kills: fewer where somebody only wants to see it work. */
export function sweepKills(usual: number, given = process.env['LOGBOOK_TEST_SWEEP_KILLS']): number {
  return given === undefined || given === '' ? usual : Number(given);
}
