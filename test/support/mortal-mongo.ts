import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';

/** A database whose client dies after so many steps, and what is still under way of it. */
export interface MortalMongo {
  readonly mongo: MongoDatabase;
  readonly death: AbortSignal;
  /** Resolves when nothing that was begun is running any more. */
  bury(): Promise<void>;
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Makes a database whose client dies after this many steps: each request is a step, and so is its answer. */
export const mortalMongo = (mongo: MongoDatabase, steps: number): MortalMongo => {
  const dying = new AbortController();
  const running = new Set<Promise<unknown>>();
  let left = steps;
  const step = (): void => {
    if (left <= 0) {
      dying.abort();
      throw new Error('the node was killed');
    }
    left -= 1;
  };
  const answered = async (request: Promise<unknown>): Promise<unknown> => {
    const answer = await request;
    step();
    return answer;
  };
  const track = (request: Promise<unknown>): Promise<unknown> => {
    const settled = request.catch(() => undefined).finally(() => running.delete(settled));
    running.add(settled);
    return answered(request);
  };
  /** What the driver makes: collections and cursors are made without a request, all else is one. */
  const mortal = <Made extends object>(made: Made): Made =>
    new Proxy(made, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          if (name === Symbol.asyncIterator) return mortal(Reflect.apply(value, target, given) as object);
          const isRequest = !['collection', 'find', 'sort', 'limit', 'project', 'listCollections'].includes(
            String(name),
          );
          if (isRequest) step();
          const result: unknown = Reflect.apply(value, target, given);
          if (isPromise(result)) return track(result);
          return isObject(result) ? mortal(result) : result;
        };
      },
    });
  return {
    mongo: { ...mongo, db: mortal(mongo.db) },
    death: dying.signal,
    bury: async () => {
      await Promise.all(running);
    },
  };
};
