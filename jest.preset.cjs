/** The jest settings every project shares; `name` is the project's folder name. */
module.exports = (name) => ({
  displayName: name,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  globalSetup: require.resolve('./tools/jest/global-setup.cjs'),
  globalTeardown: require.resolve('./tools/jest/global-teardown.cjs'),
  // Nest 12 and several of its dependencies are published as ES modules only, so everything is transformed.
  transformIgnorePatterns: [],
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      require.resolve('@swc/jest'),
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@logbook/source', 'node', 'node-addons'] },
});
