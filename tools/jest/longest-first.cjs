const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * What takes longest, first. A machine that has run nothing yet begins with the largest files, and then the longest of all, a
 * small one, runs alone at the end while a processor stands idle.
 */
const LONGEST = [
  'simulation/simulation.unit.spec.ts',
  'api-contract.e2e.spec.ts',
  'python-client.e2e.spec.ts',
  'embedded/embedded.store.int.spec.ts',
  'determinism/determinism.int.spec.ts',
  'isolation/isolation.int.spec.ts',
];

const rank = ({ path }) => {
  const place = LONGEST.findIndex((name) => path.endsWith(`/${name}`));
  return place === -1 ? LONGEST.length : place;
};

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
