import { join, resolve } from 'node:path';
import type { Config } from '../config.js';
import type { MongoDatabase } from '../mongodb/open-mongo.js';
import { ANSWER_WITHIN_MS } from './answer-within.js';
import { answeringBlobFiles } from './answering-blob-files.js';
import type { BlobFiles } from './blob-files.js';
import { blobFilesBeside } from './blob-files-beside.js';
import { createDiskBlobFiles } from './disk-blob-files.js';
import { createGridFsBlobFiles } from './gridfs-blob-files.js';
import type { BlobMove } from './move-blob-files.js';

/** Where the files of this installation are. */
export interface BlobPlaces {
  /** All of them. */
  readonly files: BlobFiles;
  /** What was kept on the disk of this node before there was a MongoDB, and where that is to go. */
  readonly move: BlobMove | undefined;
}

/** Keeps files in MongoDB where there is one, for all nodes, and on the disk otherwise. */
export const blobPlaces = ({ DATA_DIR }: Pick<Config, 'DATA_DIR'>, mongo: MongoDatabase | undefined): BlobPlaces => {
  const folder = createDiskBlobFiles(join(resolve(DATA_DIR), 'media'));
  const disk = answeringBlobFiles(folder, ANSWER_WITHIN_MS);
  if (!mongo) return { files: disk, move: undefined };
  const gridFs = createGridFsBlobFiles(mongo);
  return { files: blobFilesBeside(gridFs, disk), move: { from: disk, to: gridFs } };
};
