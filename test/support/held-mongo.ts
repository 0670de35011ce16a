import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';
import { interceptedMongo } from './intercepted-mongo.js';

/** A database whose client stands still where it is told to, as a node that is thought dead. */
export interface HeldMongo {
  readonly mongo: MongoDatabase;
  /** Lets all requests go that stand still, and later ones. Resolves when they have been answered. */
  release(): Promise<void>;
  /** Whether a request stands still. */
  readonly isHeld: boolean;
}

const WRITES = ['insertMany', 'bulkWrite'];

/** Makes a database whose client carries out this many writes of documents, and stands still before each later one. */
export const heldMongo = (mongo: MongoDatabase, writes: number): HeldMongo => {
  let left = writes;
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const late = new Set<Promise<unknown>>();
  const hold = (request: () => Promise<unknown>): Promise<unknown> => {
    left -= 1;
    if (left >= 0) return request();
    const held = gone.then(request);
    late.add(held.catch(() => undefined));
    return held;
  };
  return {
    mongo: interceptedMongo(mongo, (name, request) =>
      WRITES.includes(name) ? hold(request as () => Promise<unknown>) : request(),
    ),
    get isHeld() {
      return late.size > 0;
    },
    release: async () => {
      go();
      await Promise.all(late);
    },
  };
};
