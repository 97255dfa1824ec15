/** Numbers in [0, 1) that a seed decides: what failed can be run again with the same choices. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // The generator called mulberry32: 32 bits of state are plenty for choices and moments in time.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
