import { expect } from 'chai';
import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Typed rules need a file of the project; the text is given with it, and the file itself stays as it is. */
const ANY_FILE = 'src/domain/kernel/position.ts';

const branches = (count: number) => Array.from({ length: count }, (_, n) => `if (n === ${n}) return ${n};`).join(' ');
const lines = (count: number) => Array.from({ length: count }, (_, n) => `  console.log(${n});`).join('\n');
const promise = 'const wait = (): Promise<void> => Promise.resolve();';

/** A rule, and a text that it refuses. */
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

describe('The linter', function () {
  this.timeout(120_000); // the first text waits for the types of the whole project

  for (const [rule, text] of Object.entries(offences))
    it(`holds ${rule}`, async () => expect(await brokenRules(text, ANY_FILE)).to.include(rule));

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
