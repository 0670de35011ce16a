import type { MediaId, UserId } from '../../domain/kernel/ids.js';
import type { BlobName } from '../ports/blob-store.js';

/** What is kept of a file. */
export interface MediaBlobs {
  /** What is served. */
  readonly content: BlobName;
  readonly thumbnail: BlobName;
  /** An image as it was uploaded, until it has been made anew. */
  readonly original: BlobName;
}

/** Answers the names under which a file of this user is kept. */
export const blobsOf = (ownerId: UserId, mediaId: MediaId): MediaBlobs => ({
  content: { ownerId, name: mediaId },
  thumbnail: { ownerId, name: `${mediaId}.thumbnail` },
  original: { ownerId, name: `${mediaId}.original` },
});

const LASTING = /^([0-9a-f-]{36})(?:\.thumbnail)?$/;

/** Answers the file that a blob belongs to; undefined for one that is not to last. */
export const mediaOf = ({ name }: BlobName): MediaId | undefined => LASTING.exec(name)?.[1] as MediaId | undefined;
