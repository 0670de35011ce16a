import type { TreeHash } from '../../domain/audit/merkle-tree.js';

/** The leaves of an index of subjects: those from `begin` on, `end` not included. */
export interface IndexedStretch {
  readonly begin: number;
  readonly end: number;
}

/** A conversation or a user with its leaves. */
export interface IndexedSubject {
  readonly label: Uint8Array;
  readonly leaves: readonly number[];
}

/** A part of an index: the subjects whose labels begin with its number. */
export interface SubjectBucket {
  readonly root: TreeHash;
  /** They ascend by their labels. */
  readonly subjects: readonly IndexedSubject[];
}

/** What one bucket holds, and the roots of all. */
export interface FoundBucket {
  readonly roots: readonly TreeHash[];
  readonly subjects: readonly IndexedSubject[];
}

/** Keeps indexes of subjects, which are made again from the log where they are not there. */
export interface SubjectIndexes {
  /** Keeps the index of a stretch, in place of one that begins there too. */
  keep(stretch: IndexedStretch, buckets: readonly SubjectBucket[]): Promise<void>;
  /** Answers undefined where this very index is not kept. */
  find(stretch: IndexedStretch, bucket: number): Promise<FoundBucket | undefined>;
}

/** Answers 32 bytes that nobody outside can guess, and that are the same each time: for a label in the index that begins with a leaf. */
export type BlindOf = (begin: number, label: Uint8Array) => Uint8Array;
