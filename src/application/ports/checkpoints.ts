import type { NoteKey, NoteSignature } from '../../domain/audit/signed-note.js';
import type { TreeHead } from '../../domain/audit/verify-proofs.js';

/** A head of the tree that was signed. */
export interface KeptCheckpoint extends TreeHead {
  /** The checkpoint with every signature that is known (C2SP `tlog-checkpoint`). */
  readonly note: string;
  readonly signedAt: string;
}

/** A key of the log, and which heads it signs. */
export interface LogKey {
  readonly number: number;
  readonly key: NoteKey;
  readonly fromSize: number;
  /** The size up to which it signs; null while it is in use. */
  readonly untilSize: number | null;
  readonly madeAt: string;
}

/** The signed heads, as they are kept. */
export interface CheckpointReader {
  /** Answers the one of the largest tree; undefined before the first. */
  last(): Promise<KeptCheckpoint | undefined>;
  at(size: number): Promise<KeptCheckpoint | undefined>;
}

/** What one node at a time does with the keys of the log. */
export interface Signing extends CheckpointReader {
  /** Signs with each key that signs heads of this size. */
  sign(text: string, size: number): Promise<readonly NoteSignature[]>;
  /** Keeps a checkpoint; one of the same size is replaced. */
  keep(checkpoint: Omit<KeptCheckpoint, 'signedAt'>): Promise<void>;
  /** Makes a new key, which signs heads of this size and larger ones; the one before it signs up to this size. */
  changeKey(size: number): Promise<void>;
}

/** Where signed heads and the keys that sign them are kept. */
export interface Checkpoints extends CheckpointReader {
  /** The name of the log. */
  readonly origin: string;
  /** Every key that the log ever had, the first one first. */
  keys(): Promise<readonly LogKey[]>;
  /** Answers the one of the largest tree of at most this size; undefined where none of one or more leaves was signed. */
  before(size: number): Promise<KeptCheckpoint | undefined>;
  /** Answers some of those of larger trees than this, up to another size, the smallest first. */
  after(size: number, upTo: number): Promise<readonly KeptCheckpoint[]>;
  /** Works alone among all nodes; what it has kept is there once it resolves, or nothing of it. */
  exclusively<Result>(work: (signing: Signing) => Promise<Result>): Promise<Result>;
}
