// Runs Stryker with the options that it gets as JSON, and prints the mutants that survived, and the score.
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { counted } from './survivors-reporter.js';

const { sources, tests, concurrency, tempDir } = JSON.parse(process.argv[2]);
const stryker = new Stryker({
  plugins: ['mocha-runner.js', 'survivors-reporter.js'].map((file) => join(import.meta.dirname, file)),
  testRunner: 'own-mocha',
  testRunnerNodeArgs: ['--import', 'tsx'],
  testFiles: tests,
  mutate: sources,
  coverageAnalysis: 'perTest',
  // A mutant in code that runs once, on loading, would need a process of its own.
  ignoreStatic: true,
  concurrency,
  tempDirName: tempDir,
  cleanTempDir: 'always',
  reporters: ['survivors'],
  logLevel: 'error',
  // A busy machine is slow; only a mutant that never ends reaches this limit.
  timeoutMS: 15_000,
  ignorePatterns: ['/data', '/dist', '/coverage', '/bench-results', '/docs'],
});
const mutants = await stryker.runMutationTest();

process.stdout.write('\n');
if (sources.length > 1)
  for (const source of sources) {
    const { killed, judged, score } = counted(mutants.filter(({ fileName }) => relative('', fileName) === source));
    process.stdout.write(`${source}  ${score} (${killed} of ${judged})\n`);
  }
const { killed, judged, score } = counted(mutants);
process.stdout.write(`score ${score}: ${killed} of ${judged} mutants killed, ${judged - killed} survived; `);
process.stdout.write(`${mutants.length - judged} not run, since they are evaluated once, on loading, or do not load\n`);
