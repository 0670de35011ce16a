import type { CheckpointTrust } from '../../domain/audit/open-checkpoint.js';
import { NoteFault, parseVerifierKey, type NoteKey } from '../../domain/audit/signed-note.js';
import { ToolError, type BundleTrust } from '../../interfaces/cli/tool.js';
import { sha256 } from '../audit/sha256.js';

const keyOf = (text: string): NoteKey => {
  try {
    return parseVerifierKey(sha256, text);
  } catch (error) {
    if (error instanceof NoteFault)
      throw new ToolError(`${text} is no verifier key: ${error.message}`, { cause: error });
    throw error;
  }
};

/** Answers whom to trust by the keys that are given: all the witnesses must have signed. Raises `ToolError`. */
export const trustOf = ({ keys, witnesses }: BundleTrust): CheckpointTrust => {
  const [logKeys, cosigners] = [keys.map(keyOf), witnesses.map(keyOf)];
  const [first] = logKeys;
  if (!first) throw new ToolError('it is verified by a key of the log that is known from elsewhere: give it by --key');
  return { origin: first.name, keys: logKeys, witnesses: cosigners, quorum: cosigners.length };
};
