import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskBlobFiles } from '../../src/infrastructure/media/disk-blob-files.js';
import { sealedBlobs } from '../../src/infrastructure/media/sealed-blobs.js';
import { memoryUserKeys } from './user-keys.js';

/** The files under a folder, by their paths. */
export const pathsUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []); // nothing was kept yet
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
};

/** The files under a folder, with what is in them. */
export const filesUnder = async (folder: string): Promise<ReadonlyMap<string, Buffer>> => {
  const paths = await pathsUnder(folder);
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
};

/** Sealed blobs in a folder that is gone with the test. */
export const openDiskBlobs = async () => {
  const above = await mkdtemp(join(tmpdir(), 'chatapp-blobs-'));
  const files = createDiskBlobFiles(join(above, 'media'));
  const keys = memoryUserKeys();
  return {
    files,
    keys,
    blobs: sealedBlobs(files, keys),
    kept: () => filesUnder(above),
    close: () => rm(above, { recursive: true }),
  };
};
