import { utf8 } from './bytes.js';
import { parseCheckpoint, type Checkpoint } from './checkpoint.js';
import { readCosignature } from './cosignature.js';
import type { Sha256Of } from './merkle-tree.js';
import { COSIGNATURE, NoteFault, parseNote, signaturesBy, type NoteKey, type SignedNote } from './signed-note.js';

/** Says whether an Ed25519 signature is that of a message. */
type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** What cryptography a verifier needs, given by who calls. */
export interface AuditCrypto {
  readonly sha256: Sha256Of;
  readonly verifyEd25519: VerifyEd25519;
}

/** Whom a verifier trusts. */
export interface CheckpointTrust {
  /** The name of the log whose checkpoint it must be. */
  readonly origin: string;
  /** The keys of the log, of which one has signed. */
  readonly keys: readonly NoteKey[];
  /** The keys of witnesses. */
  readonly witnesses?: readonly NoteKey[];
  /** How many of the witnesses must have signed: none by default. */
  readonly quorum?: number;
}

/** The witness who saw a checkpoint, and when it said so. */
interface Witnessed {
  readonly name: string;
  /** Seconds since the epoch. */
  readonly time: number;
}

/** A checkpoint that is trusted. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly witnessed: readonly Witnessed[];
}

/** Answers whether the key signed the note. Raises `NoteFault` for a signature of the key that is not right. */
const isSignedBy = ({ sha256, verifyEd25519 }: AuditCrypto, note: SignedNote, key: NoteKey): boolean => {
  const signatures = signaturesBy(sha256, note, key);
  for (const { signature } of signatures)
    if (!verifyEd25519(key.publicKey, utf8(note.text), signature))
      throw new NoteFault(`the signature of ${key.name} is wrong`);
  return signatures.length > 0;
};

/** Requires that one of these keys has signed the note. Raises `NoteFault` where none has, or a signature is not right. */
export const requireSigner = (crypto: AuditCrypto, note: SignedNote, keys: readonly NoteKey[], what: string): void => {
  const signers = keys.filter((key) => isSignedBy(crypto, note, key));
  if (signers.length === 0) throw new NoteFault(`no key of the log has signed ${what}`);
};

/** Answers when a witness signed the note last; none where it did not. Raises `NoteFault` for one that is not right. */
const witnessedBy = ({ sha256, verifyEd25519 }: AuditCrypto, note: SignedNote, key: NoteKey): Witnessed[] => {
  if (key.kind !== COSIGNATURE) throw new NoteFault(`the key of ${key.name} is not that of a witness`);
  const cosignatures = signaturesBy(sha256, note, key).map(({ signature }) => readCosignature(note.text, signature));
  for (const { message, signature } of cosignatures)
    if (!verifyEd25519(key.publicKey, message, signature)) throw new NoteFault(`the signature of ${key.name} is wrong`);
  const times = cosignatures.map(({ time }) => time);
  return times.length === 0 ? [] : [{ name: key.name, time: Math.max(...times) }];
};

/**
 * Opens the checkpoint of a log: one of its keys has signed it, and so many of the witnesses. Signatures of others are passed
 * over. Raises `NoteFault` where it is not to be trusted.
 */
export const openCheckpoint = (crypto: AuditCrypto, note: string, trust: CheckpointTrust): OpenedCheckpoint => {
  const signed = parseNote(note);
  requireSigner(crypto, signed, trust.keys, 'the checkpoint');
  const checkpoint = parseCheckpoint(signed.text);
  if (checkpoint.origin !== trust.origin) throw new NoteFault(`the checkpoint is one of ${checkpoint.origin}`);
  const witnessed = (trust.witnesses ?? []).flatMap((key) => witnessedBy(crypto, signed, key));
  const { quorum = 0 } = trust;
  if (witnessed.length < quorum)
    throw new NoteFault(`${witnessed.length} witnesses have signed, and ${quorum} must have`);
  return { ...checkpoint, witnessed };
};
