import type { Binary } from 'mongodb';
import { MissingBlobError } from '../../application/ports/blob-store.js';
import type { MongoDatabase } from '../mongodb/open-mongo.js';
import type { BlobFiles } from './blob-files.js';
import { blobOfPath, blobPath, requireOwner } from './blob-path.js';
import { CHUNK_BYTES, CHUNKS_AT_ONCE, GridFs } from './gridfs.js';
import { beginGridFsDraft } from './gridfs-blob-draft.js';
import { readAhead } from './read-ahead.js';

/** So many names are listed at a time. */
const NAMES_AT_ONCE = 500;

/** The chunks from one to another, which is not among them. */
interface ChunkRange {
  readonly from: number;
  readonly to: number;
}

const rangesOf = (from: number, to: number): ChunkRange[] =>
  Array.from({ length: Math.ceil((to - from) / CHUNKS_AT_ONCE) }, (_, n) => ({
    from: from + n * CHUNKS_AT_ONCE,
    to: Math.min(to, from + (n + 1) * CHUNKS_AT_ONCE),
  }));

/** Reads chunks that follow one another. Behind one that is missing nothing is answered. */
const readChunks = async (bucket: GridFs, id: string, { from, to }: ChunkRange): Promise<Buffer> => {
  const found = await bucket.ask('chunks', (all) =>
    all.find({ files_id: id, n: { $gte: from, $lt: to } }, { sort: { n: 1 }, projection: { n: 1, data: 1 } }).toArray(),
  );
  const inPlace = found.filter(({ n }, index) => n === from + index);
  return Buffer.concat(inPlace.map(({ data }) => (data as Binary).buffer));
};

/** Cuts what comes into pieces of these sizes. The last are shorter where it ends. */
async function* cut(source: AsyncIterable<Buffer>, offset: number, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = source[Symbol.asyncIterator]();
  const take = async (): Promise<Buffer | undefined> => {
    const next: IteratorResult<Buffer, undefined> = await bytes.next();
    return next.value;
  };
  let rest = (await take())?.subarray(offset) ?? Buffer.alloc(0);
  for (const size of sizes) {
    for (let next = rest.length < size && (await take()); next; next = rest.length < size && (await take()))
      rest = Buffer.concat([rest, next]);
    yield rest.subarray(0, size);
    rest = rest.subarray(size);
  }
}

/**
 * Files in GridFS, for all nodes. The driver's bucket writes one chunk a request, reads up to 16 MiB of them at a time through a
 * cursor that stays open for as long as somebody loads slowly, and knows nothing of what a killed node leaves. Here a request
 * stores or reads half a mebibyte, and no cursor stays open. What is stored is what it would have stored.
 */
export const createGridFsBlobFiles = (mongo: MongoDatabase): BlobFiles => {
  const bucket = new GridFs(mongo);
  return {
    begin: (blob) => beginGridFsDraft(bucket, blobPath(blob)),
    sizeOf: async (blob) => (await bucket.newest(blobPath(blob)))?.length,
    read: async function* (blob, offset, sizes) {
      const file = await bucket.newest(blobPath(blob));
      if (!file) throw new MissingBlobError(`${blob.name} is not in MongoDB any more`);
      const end = Math.min(
        file.length,
        sizes.reduce((sum, size) => sum + size, offset),
      );
      const first = Math.floor(offset / CHUNK_BYTES);
      const ranges = rangesOf(first, Math.ceil(end / CHUNK_BYTES));
      const read = readAhead(ranges, (range) => readChunks(bucket, file.id, range));
      yield* cut(read, offset - first * CHUNK_BYTES, sizes);
    },
    remove: async (blob) => {
      for (const id of await bucket.idsOf(blobPath(blob))) await bucket.remove(id);
    },
    removeAllOf: async (ownerId) => {
      const all = requireOwner(ownerId);
      for (const id of await bucket.idsOf({ $gte: `${all}/`, $lt: `${all}0` })) await bucket.remove(id);
    },
    list: async function* (unchangedSince) {
      const time = new Date(unchangedSince);
      let page = await bucket.storedBefore(time, '', NAMES_AT_ONCE);
      while (page.length > 0) {
        for (const { path } of page) yield blobOfPath(path);
        page = await bucket.storedBefore(time, page.at(-1)?.id ?? '', NAMES_AT_ONCE);
      }
    },
    removeDrafts: (unchangedSince) => bucket.removeUnfinished(new Date(unchangedSince)),
  };
};
