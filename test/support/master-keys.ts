import { MasterKeys } from '../../src/infrastructure/security/master-keys.js';

/** Makes a master key for tests and, if wanted, its predecessors. */
export const testMasterKeys = (
  masterKey = 'fifty characters that nobody guesses, or so we hope',
  ...previous: string[]
): Promise<MasterKeys> => MasterKeys.open(() => Promise.resolve([masterKey, ...previous]));
