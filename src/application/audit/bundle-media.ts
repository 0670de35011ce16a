import { blobsOf } from '../media/blob-names.js';
import {
  DamagedBlobError,
  MissingBlobError,
  type BlobName,
  type BlobStore,
  type FoundBlob,
} from '../ports/blob-store.js';
import { storedOf, type BundleContent } from './bundle-files.js';
import type { ExportParts } from './export-parts.js';
import type { UploadedFile } from './survey-events.js';

type Media = BundleContent['media'][number];
type Parts = Pick<ExportParts, 'blobs' | 'raw' | 'disclosure'>;

/** Answers the files whose hash is disclosed: no other can be proven to be the one that was uploaded. */
const provable = async ({ raw, disclosure }: Parts, files: readonly UploadedFile[]): Promise<UploadedFile[]> => {
  const events = await raw.at(files.map(({ position }) => position));
  const disclosed = await disclosure.disclose(events.map(storedOf));
  const open = new Set(events.filter((_, at) => typeof disclosed[at] === 'object').map(({ position }) => position));
  return files.filter(({ position }) => open.has(position));
};

/** Answers undefined where there is none that can be opened, too: otherwise no bundle with its event could ever be made. */
const findWhole = async (blobs: Pick<BlobStore, 'find'>, name: BlobName): Promise<FoundBlob | undefined> => {
  try {
    return await blobs.find(name);
  } catch (error) {
    if (error instanceof DamagedBlobError) return undefined;
    throw error;
  }
};

/** Answers the files that events show, as far as they are still kept, and are not damaged. A content is read when it is its turn. */
export const mediaOfBundle = async (parts: Parts, files: readonly UploadedFile[]): Promise<Media[]> => {
  const { blobs } = parts;
  async function* contentOf(name: BlobName) {
    const found = await blobs.find(name);
    if (!found) throw new MissingBlobError(`file ${name.name} is not in the store`);
    yield* found.read(0, found.size);
  }
  const media: Media[] = [];
  for (const { mediaId, uploaderId } of files.length === 0 ? [] : await provable(parts, files)) {
    const name = blobsOf(uploaderId, mediaId).content;
    if (await findWhole(blobs, name)) media.push({ mediaId, content: contentOf(name) });
  }
  return media;
};
