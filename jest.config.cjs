module.exports = {
  projects: ['<rootDir>/libs/*', '<rootDir>/apps/*', '<rootDir>/tools'],
  testTimeout: 30_000,
  testSequencer: '<rootDir>/tools/jest/longest-first.cjs',
};
