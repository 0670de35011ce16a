import { INSTRUMENTER_CONSTANTS } from '@stryker-mutator/api/core';
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import Mocha from 'mocha';

/** Through this object the mutated code and its runner tell each other which mutant is active, and what was reached. */
const context = (globalThis[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

class SilentReporter {}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const setBail = (suite, isBailing) => {
  suite.bail(isBailing);
  for (const each of suite.suites) setBail(each, isBailing);
};

/** Activates a mutant. Processes that a test starts learn of it from the environment. */
const activate = (mutant) => {
  context.activeMutant = mutant;
  const name = INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE;
  if (mutant === undefined) delete process.env[name];
  else process.env[name] = mutant;
};

/**
 * Runs tests in this process with the project's own Mocha, because Stryker's runner for Node 20 does not support Mocha
 * 12.
 */
class MochaRunner {
  #mocha = new Mocha({ reporter: SilentReporter, timeout: 0 });
  #isLoaded = false;

  constructor(testFiles) {
    this.#mocha.cleanReferencesAfterRun(false);
    for (const file of testFiles) this.#mocha.addFile(file);
    this.#mocha.suite.beforeEach(function () {
      context.currentTestId = this.currentTest.fullTitle();
    });
  }

  capabilities() {
    return { reloadEnvironment: false }; // a module is not loaded a second time
  }

  async dryRun({ coverageAnalysis }) {
    const tests = await this.#run(undefined);
    const { mutantCoverage } = context;
    return { status: DryRunStatus.Complete, tests, ...(coverageAnalysis !== 'off' && { mutantCoverage }) };
  }

  async mutantRun({ activeMutant, testFilter = [], hitLimit }) {
    Object.assign(context, { hitLimit, hitCount: hitLimit === undefined ? undefined : 0 });
    this.#mocha.grep(new RegExp(testFilter.map((id) => `^${escaped(id)}$`).join('|')));
    const tests = await this.#run(activeMutant.id);
    const overrun = determineHitLimitReached(context.hitCount, context.hitLimit);
    return toMutantRunResult(overrun ?? { status: DryRunStatus.Complete, tests });
  }

  async #run(mutant) {
    if (!this.#isLoaded) await this.#mocha.loadFilesAsync();
    this.#isLoaded = true;
    activate(mutant);
    setBail(this.#mocha.suite, mutant !== undefined); // one failure is enough
    const tests = [];
    const note = (status) => (test, error) => {
      const name = test.fullTitle();
      tests.push({ id: name, name, status, timeSpentMs: test.duration ?? 0, failureMessage: error?.message ?? '' });
    };
    await new Promise((resolve) => {
      const running = this.#mocha.run(() => resolve());
      running.on('pass', note(TestStatus.Success));
      running.on('fail', note(TestStatus.Failed));
      running.on('pending', note(TestStatus.Skipped));
    });
    return tests;
  }
}

const createRunner = ({ testFiles }) => new MochaRunner(testFiles);
createRunner.inject = tokens(commonTokens.options);

/** Stryker looks for what a plugin offers by this name. */
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'own-mocha', createRunner)];
