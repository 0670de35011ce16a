// Runs Stryker on what it is handed as JSON, and prints the mutants that survived, and the score.
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const SURVIVING = ['Survived', 'NoCoverage'];
const KILLED = ['Killed', 'Timeout'];
const LONGEST_LINE = 160;

const shortened = (text) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line;
};

const shown = async ({ fileName, location, mutatorName, status, replacement }) => {
  const { line, column } = location.start;
  const source = (await readFile(fileName, 'utf8')).split('\n')[line - 1];
  const unreached = status === 'NoCoverage' ? ', reached by no test' : '';
  const place = `${relative('', fileName)}:${line}:${column}`;
  return `${place}  ${mutatorName}${unreached}\n    ${shortened(source)}\n    → ${shortened(replacement)}\n`;
};

const { sources, tests, concurrency, tempDir } = JSON.parse(process.argv[2]);
const stryker = new Stryker({
  plugins: [join(import.meta.dirname, 'mocha-runner.js')],
  testRunner: 'own-mocha',
  testRunnerNodeArgs: ['--import', 'tsx'],
  testFiles: tests,
  mutate: sources,
  coverageAnalysis: 'perTest',
  // What is evaluated once, on loading, would take a process of its own for each mutant.
  ignoreStatic: true,
  concurrency,
  tempDirName: tempDir,
  cleanTempDir: 'always',
  reporters: [],
  logLevel: 'error',
  // A busy machine is slow: only a mutant that never ends comes to this.
  timeoutMS: 15_000,
  ignorePatterns: ['/data', '/dist', '/coverage', '/bench-results', '/docs'],
});
const mutants = await stryker.runMutationTest();
const surviving = mutants.filter(({ status }) => SURVIVING.includes(status));
for (const mutant of surviving) process.stdout.write(await shown(mutant));
const killed = mutants.filter(({ status }) => KILLED.includes(status)).length;
const judged = killed + surviving.length;
const score = judged === 0 ? 'none' : `${((100 * killed) / judged).toFixed(1)} %`;
process.stdout.write(`\nscore ${score}: ${killed} of ${judged} mutants killed, ${surviving.length} survived; `);
process.stdout.write(`${mutants.length - judged} not run, since they are evaluated once, on loading, or do not load\n`);
