import type { MediaId, UserId } from '../../domain/kernel/ids.js';
import { reject } from '../../domain/kernel/rejections.js';
import { DamagedBlobError, MissingBlobError, type BlobStore, type FoundBlob } from '../ports/blob-store.js';
import type { MediaView, MediaViews } from '../ports/media-views.js';

export interface ReadableMedia {
  readonly file: MediaView;
  readonly content: FoundBlob;
}

/** Answers a file and its content to those who may see it. Others do not learn that it exists. */
export const getMedia =
  (views: MediaViews, blobs: BlobStore) =>
  async (viewer: UserId, mediaId: MediaId): Promise<ReadableMedia> => {
    const file = await views.find(mediaId);
    if (file?.uploaderId !== viewer) return reject('media_not_found');
    const content = await blobs.find({ ownerId: file.uploaderId, name: mediaId });
    if (!content) throw new MissingBlobError(`file ${mediaId} is not in the store`);
    if (content.size !== file.size) throw new DamagedBlobError(`file ${mediaId} is not as long as it was`);
    return { file, content };
  };
