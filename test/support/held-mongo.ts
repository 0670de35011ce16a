import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';

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
  const held = <Made extends object>(made: Made): Made =>
    new Proxy(made, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const request = () => Reflect.apply(value, target, given) as unknown;
          if (WRITES.includes(String(name))) return hold(request as () => Promise<unknown>);
          const result = request();
          return name === 'collection' ? held(result as object) : result;
        };
      },
    });
  return {
    mongo: { ...mongo, db: held(mongo.db) },
    get isHeld() {
      return late.size > 0;
    },
    release: async () => {
      go();
      await Promise.all(late);
    },
  };
};
