import { Documents } from '../../mongodb/documents.js';
import { asked } from '../../mongodb/mongo-errors.js';
import type { MongoDatabase } from '../../mongodb/open-mongo.js';
import { generationsOf } from './generation-record.js';

/** Answers a query from the generation in use. What it lists by position ends at the checkpoint. */
export type Reading = <Result>(query: (documents: Documents, upTo: bigint) => Promise<Result>) => Promise<Result>;

const POINTER = { projection: { prefix: 1, position: 1 } };

/**
 * Reads from the generation of a projection that is in use. Its document says which one that is, and is read again at the end: a
 * query that was overtaken by a switch found some collections gone, and asks again.
 */
export const readingFrom = (mongo: MongoDatabase, name: string): Reading => {
  const find = async () => {
    const found = await asked(() => generationsOf(mongo.db).findOne({ _id: name }, POINTER));
    if (!found) throw new Error(`there are no collections of ${name} yet`);
    return found;
  };
  return async (query) => {
    for (let used = await find(); ;) {
      const { prefix, position } = used;
      const result = await query(new Documents(mongo, prefix), position);
      used = await find();
      if (used.prefix === prefix) return result;
    }
  };
};
