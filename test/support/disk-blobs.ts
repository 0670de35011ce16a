import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWER_WITHIN_MS } from '../../src/infrastructure/media/answer-within.js';
import { answeringBlobFiles } from '../../src/infrastructure/media/answering-blob-files.js';
import { createDiskBlobFiles } from '../../src/infrastructure/media/disk-blob-files.js';
import { sealedBlobs } from '../../src/infrastructure/media/sealed-blobs.js';
import { memoryUserKeys } from './user-keys.js';

/** Answers the paths of the files under a folder. */
export const pathsUnder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []); // nothing is kept yet
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort();
};

/** Answers the files under a folder with their contents. */
export const filesUnder = async (folder: string): Promise<ReadonlyMap<string, Buffer>> => {
  const paths = await pathsUnder(folder);
  return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
};

/** Opens sealed blobs in a folder that is removed after the test. */
export const openDiskBlobs = async () => {
  const above = await mkdtemp(join(tmpdir(), 'chatapp-blobs-'));
  const files = answeringBlobFiles(createDiskBlobFiles(join(above, 'media')), ANSWER_WITHIN_MS);
  const keys = memoryUserKeys();
  return {
    files,
    keys,
    blobs: sealedBlobs(files, keys),
    kept: () => filesUnder(above),
    close: () => rm(above, { recursive: true }),
  };
};
