import { DatabaseUnavailableError } from '../../../application/ports/database-unavailable.js';
import { Documents } from '../../mongodb/documents.js';
import { asked } from '../../mongodb/mongo-errors.js';
import type { MongoDatabase } from '../../mongodb/open-mongo.js';
import { generationsOf } from './generation-record.js';

/** Answers a query from the generation in use. What it lists by position ends at the checkpoint. */
export type Reading = <Result>(query: (documents: Documents, upTo: bigint) => Promise<Result>) => Promise<Result>;

/** Answers what gives the answer, or raises the error: what a lost server could not answer is raised at once. */
const answerOf = async <Result>(asking: Promise<Result>): Promise<() => Result> => {
  try {
    const result = await asking;
    return () => result;
  } catch (error) {
    if (error instanceof DatabaseUnavailableError) throw error;
    return () => {
      throw error;
    };
  }
};

const POINTER = { projection: { prefix: 1, position: 1 } };

/**
 * Reads from the generation of a projection that is in use. Its document says which one that is, and is read again at the end: a
 * query that was overtaken by a switch found some collections gone, or failed over that, and asks again.
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
      const answer = await answerOf(query(new Documents(mongo, prefix), position));
      used = await find();
      if (used.prefix === prefix) return answer();
    }
  };
};
