import type { UserId } from '../../domain/kernel/ids.js';
import { blobsOf } from '../media/blob-names.js';
import type { ArchiveFile } from '../ports/archive.js';
import { MissingBlobError, type BlobStore } from '../ports/blob-store.js';
import type { MediaView, MediaViews } from '../ports/media-views.js';
import { jsonValue } from './json-file.js';
import { pagedBehind } from './pages.js';

/** Lists the files that a user has uploaded, and their contents, which are read when it is their turn. */
export const mediaFiles = async (
  userId: UserId,
  { media, blobs }: { readonly media: Pick<MediaViews, 'uploadedBy'>; readonly blobs: BlobStore },
): Promise<ArchiveFile[]> => {
  async function* contentOf({ mediaId }: MediaView) {
    const found = await blobs.find(blobsOf(userId, mediaId).content);
    if (!found) throw new MissingBlobError(`file ${mediaId} is not in the store`);
    yield* found.read(0, found.size);
  }
  const files: MediaView[] = [];
  const uploaded = pagedBehind<MediaView>((after, limit) => media.uploadedBy(userId, after?.mediaId ?? null, limit));
  for await (const file of uploaded) files.push(file);
  return [
    { name: 'media.json', content: jsonValue(() => Promise.resolve(files)) },
    ...files.map((file) => ({ name: `media/${file.mediaId}-${file.name ?? 'file'}`, content: contentOf(file) })),
  ];
};
