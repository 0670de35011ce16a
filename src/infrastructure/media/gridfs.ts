import type { Collection, Filter } from 'mongodb';
import { orAborted } from '../or-aborted.js';
import { Documents, type Indexes, type KeyedDocument } from '../mongodb/documents.js';
import { asked, isDuplicate } from '../mongodb/mongo-errors.js';
import type { MongoDatabase } from '../mongodb/open-mongo.js';
import { ANSWER_WITHIN_MS } from './answer-within.js';

/** The bytes of every chunk but the last. GridFS wants all chunks of a file to be of one size. */
export const CHUNK_BYTES = 128 * 1024;
/** The chunks that are asked for, or stored, at a time. */
export const CHUNKS_AT_ONCE = 4;

/** The layout of GridFS, and beside it what says which files are not whole. */
const INDEXES: Indexes = {
  files: [{ key: { filename: 1, uploadDate: 1 } }],
  chunks: [{ key: { files_id: 1, n: 1 }, unique: true }],
  unfinished: [{ key: { at: 1 } }],
};

/**
 * What is acknowledged is in the journal: a single server would acknowledge it before. All that the same client has written
 * before is in the journal then, too.
 */
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

/** A file that is whole. */
export interface GridFsFile {
  readonly id: string;
  /** The path of its blob. */
  readonly path: string;
  readonly length: number;
}

const fileOf = ({ _id: id, filename, length }: KeyedDocument): GridFsFile => ({
  id,
  path: String(filename),
  length: Number(length),
});

const bucketIn = (mongo: MongoDatabase): Documents => new Documents(mongo, 'media.');

/** Makes the collections of files and their indexes, where they are missing. Several nodes may do it at once. */
export const prepareGridFs = (mongo: MongoDatabase): Promise<void> => bucketIn(mongo).make(INDEXES);

/**
 * The bucket `media` of GridFS. A record of a file stands beside it from before its first byte until it is whole, and again
 * from before the first of it is removed until all of it is. So what a killed node leaves is known by its record, and is
 * removed by it: no look at all chunks is needed.
 */
export class GridFs {
  readonly #documents: Documents;
  readonly #answerWithinMs: number;

  constructor(mongo: MongoDatabase, answerWithinMs = ANSWER_WITHIN_MS) {
    this.#documents = bucketIn(mongo);
    this.#answerWithinMs = answerWithinMs;
  }

  /** Carries out a request to a collection of the bucket, and does not wait for it for long. */
  ask<Answer>(
    name: 'files' | 'chunks' | 'unfinished',
    request: (collection: Collection<KeyedDocument>) => Promise<Answer>,
  ): Promise<Answer> {
    const collection = this.#documents.collection(name);
    return asked(() => orAborted(request(collection), AbortSignal.timeout(this.#answerWithinMs)));
  }

  /** Finds the newest file of a path. */
  async newest(filename: string): Promise<GridFsFile | undefined> {
    const found = await this.ask('files', (all) =>
      all.find({ filename }, { sort: { uploadDate: -1 }, limit: 1 }).toArray(),
    );
    return found.map(fileOf)[0];
  }

  /** Answers the files whose paths fit. */
  async idsOf(filename: Filter<KeyedDocument>['filename']): Promise<string[]> {
    const found = await this.ask('files', (all) => all.find({ filename }, { projection: { _id: 1 } }).toArray());
    return found.map(({ _id }) => _id);
  }

  /** Lists the files that were stored before a time, in the order of their ids, behind one of them. */
  async storedBefore(time: Date, after: string, limit: number): Promise<GridFsFile[]> {
    const filter = { _id: { $gt: after }, uploadDate: { $lt: time } };
    return (await this.ask('files', (all) => all.find(filter, { sort: { _id: 1 }, limit }).toArray())).map(fileOf);
  }

  /** Records that a file is being written. */
  async begin(id: string): Promise<void> {
    await this.ask('unfinished', (all) => all.insertOne({ _id: id, at: new Date(), removing: false }));
  }

  /** Records that a file is still being written, and answers whether it was not given up. */
  async isStillWritten(id: string): Promise<boolean> {
    const { matchedCount } = await this.ask('unfinished', (all) =>
      all.updateOne({ _id: id, removing: false }, { $set: { at: new Date() } }),
    );
    return matchedCount > 0;
  }

  /** Ends the record of a file that is whole, and answers whether it was not given up before. */
  async finish(id: string): Promise<boolean> {
    const { deletedCount } = await this.ask('unfinished', (all) =>
      all.deleteOne({ _id: id, removing: false }, DURABLE),
    );
    return deletedCount > 0;
  }

  /** Removes a file, or what there is of one. */
  async remove(id: string): Promise<void> {
    await this.removeForNow(id);
    await this.ask('unfinished', (all) => all.deleteOne({ _id: id }, DURABLE));
  }

  /** Removes what there is of a file now, and again later: more of it may come. */
  async removeForNow(id: string): Promise<void> {
    await this.#giveUp(id);
    await this.ask('files', (all) => all.deleteOne({ _id: id }));
    await this.ask('chunks', (all) => all.deleteMany({ files_id: id }));
  }

  /** Removes what has not been written since this time, and was not finished, or not removed entirely. */
  async removeUnfinished(since: Date): Promise<void> {
    const late = { at: { $lt: since } };
    const found = await this.ask('unfinished', (all) => all.find(late).toArray());
    for (const { _id: id, removing } of found)
      if (removing === true || (await this.#claim(id, since))) await this.remove(id);
  }

  /** Gives a file up that was not written since this time, unless its writer has come before. */
  async #claim(id: string, since: Date): Promise<boolean> {
    const { matchedCount } = await this.ask('unfinished', (all) =>
      all.updateOne({ _id: id, removing: false, at: { $lt: since } }, { $set: { removing: true } }),
    );
    return matchedCount > 0;
  }

  /** Records that a file is to go. From here on its writer cannot finish it. */
  async #giveUp(id: string): Promise<void> {
    for (;;) {
      try {
        await this.ask('unfinished', (all) => all.insertOne({ _id: id, at: new Date(), removing: true }));
        return;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const change = { $set: { at: new Date(), removing: true } };
      const { matchedCount } = await this.ask('unfinished', (all) => all.updateOne({ _id: id }, change));
      if (matchedCount > 0) return;
    }
  }
}
