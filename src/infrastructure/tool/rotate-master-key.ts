import type pg from 'pg';
import { ToolError } from '../../interfaces/cli/tool.js';
import type { Config } from '../config.js';
import { masterKeySource } from '../security/configured-secrets.js';
import {
  isUsedIn,
  rotateMasterKey as rotate,
  RotationUnderWayError,
  usedMasterKeys,
  type Rotation,
} from '../security/rewrap-keys.js';
import { renewMasterKey } from '../security/secrets-file.js';

/** Wraps every key anew. A new master key is made where it is kept in a file; in the environment it is there already. */
export const rotateMasterKey = async (
  config: Config,
  pool: pg.Pool,
  onProgress: (done: number) => void,
): Promise<Rotation> => {
  const renew = async () => renewMasterKey(config.DATA_DIR, isUsedIn(await usedMasterKeys(pool)));
  try {
    return await rotate(pool, config.MASTER_KEY === undefined ? renew : masterKeySource(config), onProgress);
  } catch (error) {
    if (!(error instanceof RotationUnderWayError)) throw error;
    throw new ToolError(`${error.message}: nothing was changed, wait until it has ended`, { cause: error });
  }
};
