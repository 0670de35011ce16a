import type { Instant, Sha256, UserId } from '../../domain/kernel/ids.js';

/** The name of a blob: that of its medium, or of what is kept beside it. */
export interface BlobName {
  /** The user whose key seals it: it is gone with the key. */
  readonly ownerId: UserId;
  /** Lower-case letters, digits, hyphens and dots. */
  readonly name: string;
}

export interface StoredBlob {
  readonly size: number;
  readonly sha256: Sha256;
}

/** A blob that was found. */
export interface FoundBlob {
  readonly size: number;
  /** Answers the bytes from `start` up to `end`, which is not among them. Raises `DamagedBlobError` as it comes to damage. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** Keeps the contents of files, sealed. Nothing is held in memory as a whole. */
export interface BlobStore {
  /**
   * Keeps the content; it is durable when this resolves. Where the content or the store fails, nothing is left behind.
   * Raises `UserErasedError`, `BlobStoreFullError`, `BlobStoreUnavailableError`, and whatever the content raises.
   */
  write(blob: BlobName, content: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** Answers undefined where there is none. Raises `DamagedBlobError`; that of an erased user counts as damaged. */
  find(blob: BlobName): Promise<FoundBlob | undefined>;
  /** Removes a blob, if it is there. */
  remove(blob: BlobName): Promise<void>;
  /** Removes every blob of a user. */
  removeAllOf(ownerId: UserId): Promise<void>;
  /** Lists the blobs that have not been written since this time. */
  list(unchangedSince: Instant): AsyncIterable<BlobName>;
  /** Removes what was begun and not finished, and has not been written to since this time. */
  removeDrafts(unchangedSince: Instant): Promise<void>;
}

/** What is kept under this name is not what was stored there: it was cut, changed or swapped, or its key is gone. */
export class DamagedBlobError extends Error {
  override readonly name = 'DamagedBlobError';
}

/** There is no room left for contents. */
export class BlobStoreFullError extends Error {
  override readonly name = 'BlobStoreFullError';
}

/** The place of contents does not answer: the same may succeed later. */
export class BlobStoreUnavailableError extends Error {
  override readonly name = 'BlobStoreUnavailableError';
}

/** The log names a file that this store does not have: it is kept elsewhere, or was lost. */
export class MissingBlobError extends Error {
  override readonly name = 'MissingBlobError';
}
