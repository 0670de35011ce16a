import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';

/** Some of them take minutes on a machine that is busy. */
const LONG_MS = 600_000;

/** Runs files of e2e tests that know nothing of where a server keeps its data, with these settings. */
export const passesSameTests = (names: readonly string[], settings: () => Readonly<Record<string, string>>): void => {
  for (const name of names)
    it(`passes the same tests as one without: ${name}`, async function () {
      this.timeout(LONG_MS);
      const env = { ...process.env, ...settings(), TEST_DATABASE_URL: process.env['CHATAPP_TEST_URL'] };
      const args = ['node_modules/mocha/bin/mocha.js', '--no-parallel', `test/e2e/${name}.e2e.test.ts`];
      const run = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await once(run, 'close');
      expect(run.exitCode, output).to.equal(0);
      expect(output).to.match(/ [1-9]\d* passing/);
    });
};
