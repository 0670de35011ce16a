import { BundleFault } from '../../domain/audit/bundle-manifest.js';
import { verifyBundle } from '../../domain/audit/verify-bundle.js';
import { MisfitError, type BundleTrust, type BundleVerified } from '../../interfaces/cli/tool.js';
import { openAesGcm } from '../audit/open-aes-gcm.js';
import { readBundle } from '../audit/read-bundle.js';
import { auditCrypto } from '../audit/ed25519.js';
import { trustOf } from './bundle-trust.js';

/**
 * Verifies a bundle without the server, by keys that are known from elsewhere. Raises `MisfitError` where something is not
 * proven, and `ToolError` where it cannot be verified.
 */
export const verifyBundleFile = async (path: string, given: BundleTrust): Promise<BundleVerified> => {
  const trust = trustOf(given);
  try {
    const report = verifyBundle({ ...auditCrypto, openAesGcm }, await readBundle(path), trust);
    const { checkpoint, ...rest } = report;
    const { origin, size, witnessed } = checkpoint;
    return { ...rest, origin, size, witnessed };
  } catch (error) {
    if (!(error instanceof BundleFault)) throw error;
    throw new MisfitError(`the bundle is not proven: ${error.message}`, { cause: error });
  }
};
