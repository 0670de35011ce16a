import { open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobName } from '../../application/ports/blob-store.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { BlobFiles } from './blob-files.js';
import { missing, namesIn, unchangedIn } from './blob-folder.js';
import { blobPath, isOwner, requireOwner } from './blob-path.js';
import { beginDraft, syncFolder } from './disk-blob-draft.js';
import { readAhead } from './read-ahead.js';

const INCOMING = 'incoming';

/** Answers where pieces of these sizes begin that follow one another. */
const placesOf = (offset: number, sizes: readonly number[]): { readonly at: number; readonly size: number }[] => {
  let next = offset;
  return sizes.map((size) => {
    const at = next;
    next += size;
    return { at, size };
  });
};

/** Files in a folder for each user. One that is being written stands in another folder until it is whole. */
export const createDiskBlobFiles = (folder: string): BlobFiles => {
  const incoming = join(folder, INCOMING);
  const folderOf = (ownerId: UserId): string => join(folder, requireOwner(ownerId));
  const pathOf = (blob: BlobName): string => join(folder, blobPath(blob));
  return {
    begin: async (blob) => beginDraft(incoming, pathOf(blob)),
    sizeOf: async (blob) => (await stat(pathOf(blob)).catch(missing))?.size,
    read: async function* (blob, offset, sizes) {
      const handle = await open(pathOf(blob), 'r');
      try {
        const places = placesOf(offset, sizes);
        const read = ({ at, size }: (typeof places)[number]) => handle.read(Buffer.allocUnsafe(size), 0, size, at);
        for await (const { bytesRead, buffer } of readAhead(places, read)) yield buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    remove: async (blob) => {
      const path = pathOf(blob);
      await rm(path, { force: true });
      await syncFolder(dirname(path)).catch(missing);
    },
    removeAllOf: async (ownerId) => {
      await rm(folderOf(ownerId), { recursive: true, force: true });
      await syncFolder(folder).catch(missing);
    },
    list: async function* (unchangedSince) {
      const owners = (await namesIn(folder)).filter(isOwner);
      for (const ownerId of owners)
        for await (const name of unchangedIn(folderOf(ownerId), unchangedSince)) yield { ownerId, name };
    },
    removeDrafts: async (unchangedSince) => {
      for await (const name of unchangedIn(incoming, unchangedSince)) await rm(join(incoming, name), { force: true });
    },
  };
};
