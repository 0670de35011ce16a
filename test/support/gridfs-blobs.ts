import type { Binary } from 'mongodb';
import { createGridFsBlobFiles } from '../../src/infrastructure/media/gridfs-blob-files.js';
import { prepareGridFs } from '../../src/infrastructure/media/gridfs.js';
import { sealedBlobs } from '../../src/infrastructure/media/sealed-blobs.js';
import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';
import { memoryUserKeys } from './user-keys.js';

const NAMES = ['files', 'chunks', 'unfinished'] as const;

/** A document of the bucket, as far as tests look at it. */
interface Stored {
  readonly _id: string;
  readonly files_id?: string;
  readonly filename?: string;
  readonly length?: number;
  readonly data?: Binary;
}

/** Answers the documents of the bucket. */
export const storedInGridFs = async ({ db }: MongoDatabase): Promise<Record<(typeof NAMES)[number], Stored[]>> => {
  const read = NAMES.map(async (name) => {
    const sort = name === 'chunks' ? ({ files_id: 1, n: 1 } as const) : ({ _id: 1 } as const);
    return [name, await db.collection<Stored>(`media.${name}`).find({}, { sort }).toArray()];
  });
  return Object.fromEntries(await Promise.all(read)) as Record<(typeof NAMES)[number], Stored[]>;
};

/** Answers all the bytes in the bucket by file, also of those that are not whole. */
const keptInGridFs = async (mongo: MongoDatabase): Promise<ReadonlyMap<string, Buffer>> => {
  const { files, chunks, unfinished } = await storedInGridFs(mongo);
  const ids = new Set([...files, ...unfinished].map(({ _id }) => _id));
  for (const { files_id: id } of chunks) if (id !== undefined) ids.add(id);
  const bytesOf = (id: string) =>
    Buffer.concat(chunks.flatMap(({ files_id, data }) => (files_id === id && data ? [data.buffer] : [])));
  return new Map([...ids].map((id) => [id, bytesOf(id)]));
};

/** Opens sealed blobs in a database, which are gone after the test. */
export const openGridFsBlobs = async (mongo: MongoDatabase) => {
  await prepareGridFs(mongo);
  const files = createGridFsBlobFiles(mongo);
  const keys = memoryUserKeys();
  return {
    files,
    keys,
    blobs: sealedBlobs(files, keys),
    kept: () => keptInGridFs(mongo),
    close: async () => {
      await Promise.all(NAMES.map((name) => mongo.db.collection(`media.${name}`).deleteMany({})));
    },
  };
};
