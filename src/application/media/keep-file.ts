import { isRefusedImage, isTakenImage } from '../../domain/media/images.js';
import { reject } from '../../domain/kernel/rejections.js';
import { MissingBlobError, type BlobStore, type StoredBlob } from '../ports/blob-store.js';
import { ImageRefusedError, type Images, type Measured } from '../ports/images.js';
import type { MediaBlobs } from './blob-names.js';

/** A file as it is kept. */
type KeptFile = StoredBlob & {
  readonly contentType: string;
  readonly width: number | null;
  readonly height: number | null;
};

/** Keeps a content of this type, under these names. Where that fails, some of it may be left. */
export type KeepFile = (
  names: MediaBlobs,
  contentType: string,
  content: AsyncIterable<Uint8Array>,
) => Promise<KeptFile>;

const makeAnew = async (images: Images, ...asked: Parameters<Images['process']>): Promise<Measured> => {
  try {
    return await images.process(...asked);
  } catch (error) {
    if (error instanceof ImageRefusedError) return reject(error.reason);
    throw error;
  }
};

/**
 * Keeps files as they are, and images as they are made anew. An image is first kept as it comes in, however slowly that
 * is: no client holds up the images of others.
 */
export const keepFile = (blobs: BlobStore, images: Images): KeepFile => {
  const keepImage = async (names: MediaBlobs, content: AsyncIterable<Uint8Array>): Promise<KeptFile> => {
    await blobs.write(names.original, content);
    const original = await blobs.find(names.original);
    if (!original) throw new MissingBlobError(`${names.original.name} is not in the store`);
    const made: { image?: StoredBlob } = {};
    const measured = await makeAnew(images, original.read(0, original.size), {
      image: async (image) => {
        made.image = await blobs.write(names.content, image);
      },
      thumbnail: async (thumbnail) => {
        await blobs.write(names.thumbnail, thumbnail);
      },
    });
    await blobs.remove(names.original);
    if (!made.image) throw new Error('an image was made that was not kept');
    return { ...made.image, ...measured };
  };

  return async (names, contentType, content) => {
    if (isRefusedImage(contentType)) reject('image_unsupported');
    if (isTakenImage(contentType)) return keepImage(names, content);
    return { ...(await blobs.write(names.content, content)), contentType, width: null, height: null };
  };
};
