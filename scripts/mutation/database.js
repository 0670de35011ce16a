import { register } from 'tsx/esm/api';

/** Tests that need a database are named so. */
const needsDatabase = (file) => file.endsWith('.int.test.ts');

const nothingToStop = async () => undefined;

/**
 * Starts the database of the test suite where one of the tests needs it, for all processes that are started after it.
 * Answers what stops it.
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
