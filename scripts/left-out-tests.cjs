// Says at the end of a run what it has left out: mocha calls it once the report is there.
exports.mochaGlobalTeardown = () => {
  const count = process.env.CHATAPP_TEST_LEFT_OUT;
  if (count !== undefined)
    process.stdout.write(
      `Left out: ${count} files of tests with other stores than the embedded ones, of faults, limits and tools that take long, and of chaos and torture. \`npm run test:all\` runs them, too.\n`,
    );
};
