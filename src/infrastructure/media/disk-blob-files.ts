import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobName } from '../../application/ports/blob-store.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { BlobFiles } from './blob-files.js';
import { missing, namesIn, unchangedIn } from './blob-folder.js';
import { beginDraft, syncFolder } from './disk-blob-draft.js';

const INCOMING = 'incoming';
const NAME = /^[0-9a-z][0-9a-z.-]{0,99}$/;
const OWNER = /^[0-9a-f-]{36}$/;

/** Reads pieces one after another, and the next of them while one is being used. */
async function* pieces(handle: FileHandle, offset: number, sizes: readonly number[]) {
  let at = offset;
  const readNext = (size: number) => {
    const reading = handle.read(Buffer.allocUnsafe(size), 0, size, at);
    reading.catch(() => undefined); // Whoever takes the piece is told.
    at += size;
    return reading;
  };
  const [first, ...others] = sizes;
  let ahead = first === undefined ? undefined : readNext(first);
  for (let n = 0; ahead; n += 1) {
    const { bytesRead, buffer } = await ahead;
    const next = others[n];
    ahead = next === undefined ? undefined : readNext(next);
    yield buffer.subarray(0, bytesRead);
  }
}

/** Files in a folder for each user. One that is being written stands in another folder until it is whole. */
export const createDiskBlobFiles = (folder: string): BlobFiles => {
  const incoming = join(folder, INCOMING);
  const folderOf = (ownerId: UserId): string => {
    if (!OWNER.test(ownerId)) throw new Error('this is no user whose blobs are kept');
    return join(folder, ownerId);
  };
  const pathOf = ({ ownerId, name }: BlobName): string => {
    if (!NAME.test(name)) throw new Error('this is no name of a blob');
    return join(folderOf(ownerId), name);
  };
  return {
    begin: async (blob) => beginDraft(incoming, pathOf(blob)),
    sizeOf: async (blob) => (await stat(pathOf(blob)).catch(missing))?.size,
    read: async function* (blob, offset, sizes) {
      const handle = await open(pathOf(blob), 'r');
      try {
        yield* pieces(handle, offset, sizes);
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
      const owners = (await namesIn(folder)).filter((name) => OWNER.test(name)) as UserId[];
      for (const ownerId of owners)
        for await (const name of unchangedIn(folderOf(ownerId), unchangedSince)) yield { ownerId, name };
    },
    removeDrafts: async (unchangedSince) => {
      for await (const name of unchangedIn(incoming, unchangedSince)) await rm(join(incoming, name), { force: true });
    },
  };
};
