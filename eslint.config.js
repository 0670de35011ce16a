import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What keeps a function on one screen and a file about one thing. */
const budgets = {
  complexity: ['error', 8],
  'max-depth': ['error', 3],
  'max-params': 'off',
  // A parameter named `this` is a type, not a parameter.
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
};

const unwantedSyntax = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals: an enum is code of its own.' },
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that holds the thing.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: one name everywhere, one search away.' },
];

const expectation = 'CallExpression[callee.name=/^expect/]';
const CONDITIONAL = 'A test that may skip an expectation proves nothing when it does: state what is so each time.';
const FIXED_SLEEP =
  'A fixed time proves nothing on a slow machine: wait for the condition, with test/support/eventually.ts.';

/** What proves nothing in a test. */
const unwantedInTests = [
  { selector: `IfStatement ${expectation}`, message: CONDITIONAL },
  { selector: `ConditionalExpression ${expectation}`, message: CONDITIONAL },
  { selector: `LogicalExpression ${expectation}`, message: CONDITIONAL },
  { selector: 'CallExpression[callee.name=/^(sleep|delay)$/][arguments.0.value>0]', message: FIXED_SLEEP },
  {
    selector: 'NewExpression[callee.name=Promise] CallExpression[callee.name=setTimeout][arguments.1.value>0]',
    message: FIXED_SLEEP,
  },
];

/** Rules beside the presets, and those of the presets that say nothing useful here. */
const ownRules = {
  eqeqeq: ['error', 'always'],
  'no-console': 'error',
  'no-restricted-syntax': ['error', ...unwantedSyntax],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // Maps of names to payloads must be aliases: an interface has no index signature.
  '@typescript-eslint/consistent-type-definitions': 'off',
  // One line calls a writer's method and hands back its nothing.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
  'prefer-const': ['error', { destructuring: 'all' }],
  // Texts are measured in code points: `[...text].length`.
  '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
  // It asks for `!`, which another rule forbids.
  '@typescript-eslint/non-nullable-type-assertion-style': 'off',
  // Most ports are records of closures; where they are classes, a method without its `this` fails on its first `#field`.
  '@typescript-eslint/unbound-method': 'off',
  // A port may be asynchronous while one of its adapters is not.
  '@typescript-eslint/require-await': 'off',
  // A type parameter used once still names what a caller may give.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

/** The container is known to the composition root alone; everything else takes its dependencies as parameters. */
const noContainer = {
  'no-restricted-imports': [
    'error',
    {
      paths: ['inversify', 'reflect-metadata'].map((name) => ({
        name,
        message: 'Only src/infrastructure/di, src/main.ts and src/cli.ts know the container.',
      })),
    },
  ],
};

export default defineConfig(
  globalIgnores(['.cache/', 'dist/', 'dist.*/', 'coverage/', 'data/', 'bench-results/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { ...ownRules, ...budgets },
  },
  { files: ['src/**/*.ts'], ignores: ['src/infrastructure/di/**', 'src/main.ts', 'src/cli.ts'], rules: noContainer },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A `describe` is as long as the list of its cases.
      'max-lines-per-function': 'off',
      // chai: `expect(x).to.be.true`.
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // mocha's `describe` and `it` give what its `ts` promises nobody.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: ['describe', 'it'] }],
    },
  },
  {
    files: ['test/**/*.ts'],
    // Helpers that poll sleep between two looks; load and failures that are made on purpose are paced by time.
    ignores: ['test/support/**', 'test/bench/**', 'test/torture/**', 'test/chaos/**'],
    rules: { 'no-restricted-syntax': ['error', ...unwantedSyntax, ...unwantedInTests] },
  },
  {
    // These run in browsers.
    files: ['src/interfaces/web/assets/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        ['document', 'location', 'fetch', 'sessionStorage', 'URLSearchParams', 'FormData'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
  {
    files: [
      'src/interfaces/http/routes/*.routes.ts',
      'src/interfaces/cli/*.commands.ts',
      'src/infrastructure/observability/metrics.ts',
    ],
    // A table of declarations is as long as what it lists; each entry still fits a screen.
    rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  { files: ['test/bench/**', 'test/torture/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        AbortController: 'readonly',
        module: 'writable',
      },
    },
    rules: budgets,
  },
  { files: ['**/*.js', '**/*.cjs'], rules: { '@typescript-eslint/max-params': 'off', 'max-params': ['error', 4] } },
);
