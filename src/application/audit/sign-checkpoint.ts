import { equalBytes } from '../../domain/audit/bytes.js';
import { formatCheckpoint } from '../../domain/audit/checkpoint.js';
import { formatNote, parseNote, type NoteSignature } from '../../domain/audit/signed-note.js';
import { ProofFault, verifyConsistency, type TreeHead } from '../../domain/audit/verify-proofs.js';
import type { Checkpoints, KeptCheckpoint, Signing } from '../ports/checkpoints.js';
import type { LogTree, LogTreeHead } from '../ports/tree-store.js';
import { proveConsistency, type ProofParts } from './prove.js';
import { TreeFault } from './tree-fault.js';

export interface SignCheckpointParts {
  readonly checkpoints: Checkpoints;
  readonly tree: Pick<LogTree, 'head' | 'tiles'>;
  readonly sha256: ProofParts['sha256'];
}

/**
 * Checks, from the tiles themselves, that a head grew out of one that was signed before: a log that signs two heads that do
 * not fit each other is no log any more. Raises `TreeFault`.
 */
export const requireGrown = async (parts: ProofParts, last: TreeHead, head: TreeHead): Promise<void> => {
  const { sha256 } = parts;
  if (head.size < last.size)
    throw new TreeFault(`a head of ${last.size} leaves is signed, and the tree has ${head.size}`);
  try {
    verifyConsistency(sha256, last, head, await proveConsistency(parts, last.size, head.size));
  } catch (error) {
    if (!(error instanceof ProofFault || error instanceof RangeError)) throw error;
    throw new TreeFault(`the tree of ${head.size} leaves did not grow out of the signed one of ${last.size}`, {
      cause: error,
    });
  }
};

/** What others have signed under a head of this size stays. */
const cosignaturesAt = async (signing: Signing, size: number, origin: string): Promise<readonly NoteSignature[]> => {
  const kept = await signing.at(size);
  return kept ? parseNote(kept.note).signatures.filter(({ name }) => name !== origin) : [];
};

const signed = async (
  { checkpoints: { origin } }: SignCheckpointParts,
  signing: Signing,
  { size, root }: LogTreeHead,
): Promise<void> => {
  const text = formatCheckpoint({ origin, size, root });
  const signatures = [...(await signing.sign(text, size)), ...(await cosignaturesAt(signing, size, origin))];
  await signing.keep({ size, root, note: formatNote({ text, signatures }) });
};

/** Says whether a head is to be signed, beside the checkpoint that was signed last. */
export type IsDue = (head: LogTreeHead, last: KeptCheckpoint | undefined) => boolean;

/**
 * Signs the head of the tree where it is due. Answers the last checkpoint, undefined where there is none. Raises `TreeFault`
 * where the head does not fit what was signed before: it is then not signed.
 */
export const signCheckpoint = (parts: SignCheckpointParts, isDue: IsDue): Promise<KeptCheckpoint | undefined> =>
  parts.checkpoints.exclusively(async (signing) => {
    const [last, head] = [await signing.last(), await parts.tree.head()];
    if (last) await requireGrown(parts, last, head);
    if (head.size === 0 || (last && equalBytes(last.root, head.root)) || !isDue(head, last)) return last;
    await signed(parts, signing, head);
    return signing.last();
  });

/**
 * Changes the key that signs. The head of this moment is signed by both, so that whoever trusts the old one comes to trust
 * the new one. Answers the size of that head. Raises `TreeFault`.
 */
export const changeLogKey = (parts: SignCheckpointParts): Promise<number> =>
  parts.checkpoints.exclusively(async (signing) => {
    const [last, head] = [await signing.last(), await parts.tree.head()];
    if (last) await requireGrown(parts, last, head);
    await signing.changeKey(head.size);
    await signed(parts, signing, head);
    return head.size;
  });
