import { toBase64 } from './bytes.js';
import { parseHash, parseNumber } from './checkpoint.js';
import { hashLeaf, type TreeHash } from './merkle-tree.js';
import { openCheckpoint, type AuditCrypto, type CheckpointTrust, type OpenedCheckpoint } from './open-checkpoint.js';
import { NoteFault } from './signed-note.js';
import { verifyInclusion } from './verify-proofs.js';

/** That a leaf is in a log, to be verified without it (C2SP `tlog-proof`). */
export interface TlogProof {
  /** The number of the leaf, counted from 0. */
  readonly index: number;
  readonly proof: readonly TreeHash[];
  /** The signed checkpoint, as it is. */
  readonly checkpoint: string;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
/** The tree of the largest log that numbers can count is not higher. */
const MAX_HASHES = 63;

export const formatTlogProof = ({ index, proof, checkpoint }: TlogProof): string =>
  [HEADER, `index ${index}`, ...proof.map(toBase64), '', checkpoint].join('\n');

/** Reads a proof. It does not say that the proof is right. Raises `NoteFault`. */
export const parseTlogProof = (text: string): TlogProof => {
  const end = text.indexOf('\n\n');
  if (end < 0) throw new NoteFault('the proof has no checkpoint');
  const [header, ...lines] = text.slice(0, end).split('\n');
  if (header !== HEADER) throw new NoteFault(`a proof begins with ${HEADER}`);
  const [index = '', ...hashes] = lines[0]?.startsWith('extra ') === true ? lines.slice(1) : lines;
  if (!index.startsWith('index ')) throw new NoteFault('the proof does not say for which leaf it is');
  if (hashes.length > MAX_HASHES) throw new NoteFault(`a proof has at most ${MAX_HASHES} hashes`);
  return {
    index: parseNumber(index.slice('index '.length), 'the index'),
    proof: hashes.map((hash) => parseHash(hash, 'a hash of the proof')),
    checkpoint: text.slice(end + 2),
  };
};

/**
 * Checks that the bytes of a leaf are in the log of a trusted checkpoint. Answers the checkpoint and the number of the leaf.
 * Raises `NoteFault` or `ProofFault`.
 */
export const verifyTlogProof = (
  crypto: AuditCrypto,
  text: string,
  leaf: Uint8Array,
  trust: CheckpointTrust,
): { readonly index: number; readonly checkpoint: OpenedCheckpoint } => {
  const { index, proof, checkpoint: note } = parseTlogProof(text);
  const checkpoint = openCheckpoint(crypto, note, trust);
  verifyInclusion(crypto.sha256, { index, leafHash: hashLeaf(crypto.sha256, leaf), proof }, checkpoint);
  return { index, checkpoint };
};
