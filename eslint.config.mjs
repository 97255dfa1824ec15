import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { boundaries } from './tools/boundaries/boundaries.mjs';

const TYPESCRIPT = ['**/*.ts'];
/** Specs, the contract suites they call, and the fixtures they share. */
const TESTS = ['**/*.spec.ts', '**/*.contract.ts', '**/*.fixture.ts', '**/src/testing/**/*.ts', 'apps/e2e/**/*.ts'];

const NODE_GLOBALS = ['AbortSignal', 'URL', 'clearInterval', 'console', 'process', 'setInterval', 'setTimeout'];
const globalsOf = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default tseslint.config(
  { ignores: ['**/dist/', '.cache/', '.nx/', '.logbook/', 'coverage/', 'tools/boundaries/fixture/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { plugins: { '@nx': nx } },
  js.configs.recommended,
  {
    files: TYPESCRIPT,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // A module of Nest is a class with nothing but its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => resolve()` and `async` methods that only return are how ports with promises read best.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/require-await': 'off',
      // Classes are used by their shape here: Nest's option types are classes that nobody constructs.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'Export by name: the index says what a library offers.' },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      // What a test looks at it has itself arranged.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect.any(…)` and friends are typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['**/*.cjs', '**/*.mjs'], languageOptions: { globals: globalsOf(NODE_GLOBALS) } },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: globalsOf(['module', 'require', '__dirname']) },
  },
  ...boundaries({ tests: TESTS }),
);
