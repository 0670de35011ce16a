import { BundleFault } from '../../domain/audit/bundle-manifest.js';
import { NoteFault, parseVerifierKey, type NoteKey } from '../../domain/audit/signed-note.js';
import { verifyBundle } from '../../domain/audit/verify-bundle.js';
import { MisfitError, ToolError, type BundleTrust, type BundleVerified } from '../../interfaces/cli/tool.js';
import { openAesGcm } from '../audit/open-aes-gcm.js';
import { readBundle } from '../audit/read-bundle.js';
import { sha256 } from '../audit/sha256.js';
import { auditCrypto } from '../audit/ed25519.js';

const keyOf = (text: string): NoteKey => {
  try {
    return parseVerifierKey(sha256, text);
  } catch (error) {
    if (error instanceof NoteFault)
      throw new ToolError(`${text} is no verifier key: ${error.message}`, { cause: error });
    throw error;
  }
};

/**
 * Verifies a bundle without the server, by keys that are known from elsewhere. Raises `MisfitError` where something is not
 * proven, and `ToolError` where it cannot be verified.
 */
export const verifyBundleFile = async (path: string, { keys, witnesses }: BundleTrust): Promise<BundleVerified> => {
  const [logKeys, cosigners] = [keys.map(keyOf), witnesses.map(keyOf)];
  const [first] = logKeys;
  if (!first)
    throw new ToolError('a bundle is verified by a key of the log that is known from elsewhere: give it by --key');
  const trust = { origin: first.name, keys: logKeys, witnesses: cosigners, quorum: cosigners.length };
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
