import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BlobName } from '../../application/ports/blob-store.js';
import { errorCode } from '../error-code.js';
import type { BlobDraft, BlobFiles } from './blob-files.js';

const INCOMING = 'incoming';
const NAME = /^[0-9a-z][0-9a-z.-]{0,99}$/;

/** Makes the names in a folder durable. Windows cannot open folders, and needs no such thing. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
};

const missing = (error: unknown): undefined => {
  if (errorCode(error) === 'ENOENT') return undefined;
  throw error;
};

async function* pieces(handle: FileHandle, offset: number, sizes: readonly number[]) {
  let at = offset;
  for (const size of sizes) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, at);
    yield buffer.subarray(0, bytesRead);
    at += size;
  }
}

/** Files in a folder for each user. One that is being written stands in another folder until it is whole. */
export const createDiskBlobFiles = (folder: string): BlobFiles => {
  const pathOf = ({ ownerId, name }: BlobName): string => {
    if (!NAME.test(ownerId) || !NAME.test(name)) throw new Error('this is no name of a blob');
    return join(folder, ownerId, name);
  };

  const draftOf = (handle: FileHandle, draft: string, path: string): BlobDraft => ({
    append: async (bytes) => {
      await handle.appendFile(bytes);
    },
    commit: async () => {
      await handle.sync();
      await handle.close();
      await makeFolder(dirname(path));
      await rename(draft, path);
      await syncFolder(dirname(path));
    },
    discard: async () => {
      await handle.close();
      await rm(draft, { force: true });
    },
  });

  return {
    begin: async (blob) => {
      const path = pathOf(blob);
      await makeFolder(join(folder, INCOMING));
      const draft = join(folder, INCOMING, randomUUID());
      return draftOf(await open(draft, 'wx', 0o600), draft, path);
    },
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
  };
};
