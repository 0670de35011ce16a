import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BlobDraft } from './blob-files.js';

/** Makes the names in a folder durable. Windows cannot open folders, and needs no such thing. */
export const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

const makeFolder = async (folder: string): Promise<void> => {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(dirname(first));
};

/** Begins a file in one folder that is to stand under this path. */
export const beginDraft = async (folder: string, path: string): Promise<BlobDraft> => {
  await makeFolder(folder);
  const draft = join(folder, randomUUID());
  const handle = await open(draft, 'wx', 0o600);
  return {
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
  };
};
