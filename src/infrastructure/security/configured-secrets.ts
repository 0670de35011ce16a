import type { Config } from '../config.js';
import type { MasterKeySource } from './master-keys.js';
import { openSecrets } from './secrets-file.js';

/** The secret that is used first, then those that are accepted beside it while it is changed. */
export type AcceptedSecrets = readonly [string, ...string[]];

const accepted = (used: string, ...others: readonly (string | undefined)[]): AcceptedSecrets => [
  used,
  ...others.filter((each) => each !== undefined),
];

/** Reads the master keys from the environment, or from the file, which may be changed while this process runs. */
export const masterKeySource = (config: Config): MasterKeySource => {
  const { MASTER_KEY, MASTER_KEY_PREVIOUS, MASTER_KEY_NEXT, DATA_DIR } = config;
  if (MASTER_KEY !== undefined)
    return () => Promise.resolve(accepted(MASTER_KEY, MASTER_KEY_PREVIOUS, MASTER_KEY_NEXT));
  return async () => {
    const { masterKey, previousMasterKeys = [] } = await openSecrets(DATA_DIR);
    return [masterKey, ...previousMasterKeys];
  };
};

/** Reads the secrets of access tokens from the environment; one that is missing is made on first start, and kept. */
export const jwtSecretsOf = async (config: Config): Promise<AcceptedSecrets> => {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS, JWT_SECRET_NEXT, DATA_DIR } = config;
  return accepted(JWT_SECRET ?? (await openSecrets(DATA_DIR)).jwtSecret, JWT_SECRET_PREVIOUS, JWT_SECRET_NEXT);
};
