import type { MediaId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import {
  DamagedBlobError,
  MissingBlobError,
  type BlobName,
  type BlobStore,
  type FoundBlob,
} from '../ports/blob-store.js';
import type { MediaView, MediaViews } from '../ports/media-views.js';
import type { MessageViews } from '../ports/message-views.js';
import type { UserDirectory } from '../ports/user-directory.js';
import { blobsOf } from './blob-names.js';

export interface ReadableMedia {
  readonly file: MediaView;
  readonly content: FoundBlob;
}

/** Answers a file to those who may see it. Others do not learn that it exists. */
export type RequireReadable = (viewer: UserId, mediaId: MediaId) => Promise<MediaView>;

interface ReadableParts {
  readonly views: Pick<MediaViews, 'find'>;
  readonly messages: Pick<MessageViews, 'isAttachedFor'>;
  readonly directory: Pick<UserDirectory, 'profiles'>;
}

export const requireReadable = ({ views, messages, directory }: ReadableParts): RequireReadable => {
  /** Profiles are public, and so are the images in them. */
  const isAvatar = async ({ mediaId, uploaderId }: MediaView): Promise<boolean> =>
    (await directory.profiles([uploaderId])).get(uploaderId)?.avatarMediaId === mediaId;

  return async (viewer, mediaId) => {
    const file = (await views.find(mediaId)) ?? reject('media_not_found');
    if (file.uploaderId === viewer || (await isAvatar(file))) return file;
    return (await messages.isAttachedFor(viewer, mediaId)) ? file : reject('media_not_found');
  };
};

const requireBlob = async (blobs: BlobStore, blob: BlobName): Promise<FoundBlob> => {
  const content = await blobs.find(blob);
  if (!content) throw new MissingBlobError(`${blob.name} is not in the store`);
  return content;
};

/** Answers a file and its content. */
export const getMedia =
  (readable: RequireReadable, blobs: BlobStore) =>
  async (viewer: UserId, mediaId: MediaId): Promise<ReadableMedia> => {
    const file = await readable(viewer, mediaId);
    const content = await requireBlob(blobs, blobsOf(file.uploaderId, mediaId).content);
    if (content.size !== file.size) throw new DamagedBlobError(`file ${mediaId} is not as long as it was`);
    return { file, content };
  };

/** Answers an image and its thumbnail. Other files have none. */
export const getThumbnail =
  (readable: RequireReadable, blobs: BlobStore) =>
  async (viewer: UserId, mediaId: MediaId): Promise<ReadableMedia> => {
    const file = await readable(viewer, mediaId);
    if (file.width === null) return reject('media_not_found');
    return { file, content: await requireBlob(blobs, blobsOf(file.uploaderId, mediaId).thumbnail) };
  };
