// Makes mocha's usual report, and writes its counts to the file that TEST_COUNTS names: `.ci/run` adds them up.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

const { EVENT_RUN_END, EVENT_TEST_PENDING } = Runner.constants;

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const pending = [];
    runner.on(EVENT_TEST_PENDING, (test) => pending.push(test.fullTitle()));
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures } = this.stats;
      const lines = [`${passes} ${failures}`, ...pending];
      if (process.env.TEST_COUNTS) writeFileSync(process.env.TEST_COUNTS, `${lines.join('\n')}\n`);
    });
  }
};
