import { join } from 'node:path';
import { openMongo } from '../../src/infrastructure/mongodb/open-mongo.js';
import type { RunningApp } from './app.js';
import { filesUnder, pathsUnder } from './disk-blobs.js';
import { storedInGridFs } from './gridfs-blobs.js';

/** Answers the files that an app keeps in MongoDB, by their paths. */
export const keptInMongo = async (url: string): Promise<ReadonlyMap<string, Buffer>> => {
  const mongo = await openMongo(url);
  try {
    const { files, chunks } = await storedInGridFs(mongo);
    const bytesOf = (id: string) =>
      chunks.flatMap(({ files_id, data }) => (files_id === id && data ? [data.buffer] : []));
    return new Map(files.map(({ _id, filename = '' }) => [filename, Buffer.concat(bytesOf(_id))]));
  } finally {
    await mongo.close();
  }
};

/** Answers the files that an app keeps on its disk, by their paths. */
export const keptOnDisk = ({ dataDir }: Pick<RunningApp, 'dataDir'>): Promise<ReadonlyMap<string, Buffer>> =>
  filesUnder(join(dataDir, 'media'));

/** Answers the paths of the files that an app keeps, which may go at any time. */
export const keptPaths = async (app: Pick<RunningApp, 'dataDir' | 'mongoUrl'>): Promise<string[]> =>
  app.mongoUrl === undefined ? pathsUnder(join(app.dataDir, 'media')) : [...(await keptInMongo(app.mongoUrl)).keys()];

/** Answers the files that an app keeps, wherever that is, by their paths. */
export const keptFiles = (app: Pick<RunningApp, 'dataDir' | 'mongoUrl'>): Promise<ReadonlyMap<string, Buffer>> =>
  app.mongoUrl === undefined ? keptOnDisk(app) : keptInMongo(app.mongoUrl);
