import { register } from 'tsx/esm/api';

/** Says whether a test needs a database: the name of its file tells. */
const needsDatabase = (file) => file.endsWith('.int.test.ts');

const nothingToStop = async () => undefined;

/**
 * Starts the database of the test suite if one of the tests needs it, for all processes that are started afterwards.
 * Answers a function that stops it.
 */
export const startDatabase = async (tests) => {
  if (!tests.some(needsDatabase)) return nothingToStop;
  register();
  const { mochaGlobalSetup, mochaGlobalTeardown } = await import('../../test/support/postgres.ts');
  try {
    await mochaGlobalSetup();
  } catch (error) {
    await mochaGlobalTeardown();
    throw error;
  }
  return mochaGlobalTeardown;
};
