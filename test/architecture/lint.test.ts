import { expect } from 'chai';
import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Typed rules need a file of the project. The text is given with its name, and the file itself does not change. */
const ANY_FILE = 'src/domain/kernel/position.ts';
const ANY_TEST = 'test/domain/any-history.test.ts';
const HELPER = 'test/support/eventually.ts';

const branches = (count: number) => Array.from({ length: count }, (_, n) => `if (n === ${n}) return ${n};`).join(' ');
const lines = (count: number) => Array.from({ length: count }, (_, n) => `  console.log(${n});`).join('\n');
const promise = 'const wait = (): Promise<void> => Promise.resolve();';

/** The rules, each with a text that it refuses. */
const offences: Readonly<Record<string, string>> = {
  complexity: `export const f = (n: number) => { ${branches(8)} return -1; };`,
  'max-depth': 'export const f = (a: boolean) => { if (a) { if (a) { if (a) { if (a) return; } } } };',
  '@typescript-eslint/max-params': 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => [a, b, c, d, e];',
  'max-lines': '// a line\n'.repeat(301),
  'max-lines-per-function': `export const f = () => {\n${lines(50)}\n};`,
  eqeqeq: 'export const f = (a: number) => a == 1;',
  'no-console': 'console.log(1);',
  'no-restricted-syntax': "export * from './ids.js';",
  'no-restricted-imports': "import { Container } from 'inversify';\nexport const c = new Container();",
  '@typescript-eslint/consistent-type-imports':
    "import { UserId } from './ids.js';\nexport const f = (id: UserId) => id;",
  '@typescript-eslint/no-floating-promises': `${promise}\nexport const f = () => { wait(); };`,
  '@typescript-eslint/no-misused-promises': `${promise}\nexport const f = () => { if (wait()) return; };`,
  '@typescript-eslint/switch-exhaustiveness-check':
    "export const f = (a: 'x' | 'y') => { switch (a) { case 'x': return 1; } return 2; };",
  '@typescript-eslint/restrict-template-expressions': 'export const f = (a: object) => `${a}`;',
  '@typescript-eslint/no-explicit-any': 'export const f = (a: any) => [a];',
  '@typescript-eslint/no-non-null-assertion': 'export const f = (a?: number) => a!;',
  '@typescript-eslint/no-unsafe-assignment': "export const f = () => { const a = JSON.parse('1'); return [a]; };",
};

const eslint = new ESLint({ cwd: ROOT });

const brokenRules = async (text: string, file: string): Promise<(string | null)[]> => {
  const results = await eslint.lintText(text, { filePath: file });
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
};

/** Answers what the linter says of syntax that is not wanted. */
const unwantedSyntax = async (text: string, file: string): Promise<string[]> => {
  const results = await eslint.lintText(text, { filePath: file });
  return results
    .flatMap(({ messages }) => messages)
    .filter(({ ruleId }) => ruleId === 'no-restricted-syntax')
    .map(({ message }) => message);
};

describe('The linter', function () {
  this.timeout(120_000); // the first text waits for the types of the whole project

  for (const [rule, text] of Object.entries(offences))
    it(`holds ${rule}`, async () => expect(await brokenRules(text, ANY_FILE)).to.include(rule));

  const CONDITIONAL = 'A test that may skip an expectation';
  const FIXED_SLEEP = 'A fixed time proves nothing';
  const provesNothing: Readonly<Record<string, readonly [text: string, message: string]>> = {
    'an expectation behind an if': ['if (a) expect(b).to.equal(1);', CONDITIONAL],
    'an expectation in the block of an if': ['if (a) { for (;;) { expect(b).to.equal(1); } }', CONDITIONAL],
    'an expectation behind an else': ['if (a) b(); else expectProblem(b, 400);', CONDITIONAL],
    'an expectation behind a question': ['a ? expect(b).to.equal(1) : b();', CONDITIONAL],
    'an expectation behind an and': ['a && expect(b).to.equal(1);', CONDITIONAL],
    'a sleep of a fixed time': ['await sleep(300);', FIXED_SLEEP],
    'a timer of a fixed time': ['await new Promise((resolve) => setTimeout(resolve, 300));', FIXED_SLEEP],
  };
  for (const [what, [text, message]] of Object.entries(provesNothing)) {
    it(`refuses ${what} in a test`, async () =>
      expect(await unwantedSyntax(text, ANY_TEST)).to.satisfy((found: string[]) => found[0]?.startsWith(message)));
    it(`says nothing about ${what} in the helpers of tests`, async () =>
      expect(await unwantedSyntax(text, HELPER)).to.deep.equal([]));
  }
  it('refuses in a test what it refuses everywhere', async () =>
    expect(await unwantedSyntax("export * from './ids.js';", ANY_TEST)).to.have.length(1));
  for (const [what, text] of Object.entries({
    'a value that depends': 'expect(b).to.equal(a ? 1 : 2);',
    'an expectation in a loop': 'for (const b of a) expect(b).to.equal(1);',
    'a wait as long as it was told': 'await sleep(answer.retryAfterMs);',
    'a turn for others': 'await new Promise((resolve) => setTimeout(resolve, 0));',
  }))
    it(`says nothing about ${what} in a test`, async () =>
      expect(await unwantedSyntax(text, ANY_TEST)).to.deep.equal([]));

  const knowsContainer = async (file: string): Promise<boolean> => {
    const { rules } = (await eslint.calculateConfigForFile(file)) as { rules: Record<string, unknown> };
    return rules['no-restricted-imports'] === undefined;
  };
  for (const file of ['src/main.ts', 'src/infrastructure/di/stores.module.ts'])
    it(`lets ${file} know the container`, async () => expect(await knowsContainer(file)).to.equal(true));
  for (const file of ['src/infrastructure/config.ts', 'src/interfaces/http/app.ts', 'src/domain/di/main.ts'])
    it(`hides the container from ${file}`, async () => expect(await knowsContainer(file)).to.equal(false));

  const accepted: Readonly<Record<string, string>> = {
    'numbers in templates': 'export const f = (n: number) => `${n}`;',
    'maps of names to payloads as aliases': 'export type Events = { MessageSent: { text: string } };',
    'closures that hand back nothing': 'export const f = (write: () => void) => () => write();',
    'adapters that need not wait': 'export const f = async (): Promise<number> => 1;',
    'what a pattern leaves out': 'export const f = ({ a: _a, ...rest }: { a: 1; b: 2 }) => rest;',
    'code points of a text': 'export const f = (text: string) => [...text].length;',
  };
  for (const [what, text] of Object.entries(accepted))
    it(`says nothing about ${what}`, async () => expect(await brokenRules(text, ANY_FILE)).to.deep.equal([]));
});
