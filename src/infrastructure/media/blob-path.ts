import type { BlobName } from '../../application/ports/blob-store.js';
import type { UserId } from '../../domain/kernel/ids.js';

const NAME = /^[0-9a-z][0-9a-z.-]{0,99}$/;
const OWNER = /^[0-9a-f-]{36}$/;

/** Says whether a text can be the id of a user whose blobs are kept. */
export const isOwner = (text: string): text is UserId => OWNER.test(text);

/** Answers the id as it is. Raises where it could lead elsewhere. */
export const requireOwner = (ownerId: UserId): UserId => {
  if (!isOwner(ownerId)) throw new Error('this is no user whose blobs are kept');
  return ownerId;
};

/** Answers the path of a blob, from the place where all of them are. Raises where its name could lead elsewhere. */
export const blobPath = ({ ownerId, name }: BlobName): string => {
  if (!NAME.test(name)) throw new Error('this is no name of a blob');
  return `${requireOwner(ownerId)}/${name}`;
};

/** Answers the blob that a path names. */
export const blobOfPath = (path: string): BlobName => {
  const [ownerId = '', name = ''] = path.split('/');
  return { ownerId: ownerId as UserId, name };
};
