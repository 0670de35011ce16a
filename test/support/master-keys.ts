import { MasterKeys } from '../../src/infrastructure/security/master-keys.js';

/** A master key for tests, and, if wanted, the ones before it. */
export const testMasterKeys = (
  masterKey = 'fifty characters that nobody guesses, or so we hope',
  ...previous: string[]
): Promise<MasterKeys> => MasterKeys.open(() => Promise.resolve([masterKey, ...previous]));
