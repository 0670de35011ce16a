import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';

type Request = () => Promise<unknown>;

/** Makes a database to which documents are written behind the checkpoint that tells of them: a mistake, which tests must notice. */
export const checkpointFirst = (mongo: MongoDatabase): MongoDatabase => {
  let waiting: Request[] = [];
  const isCheckpoint = (name: unknown, [, change]: readonly unknown[]): boolean =>
    name === 'updateOne' && JSON.stringify(Reflect.get(Object(change), '$set') ?? {}, plain).includes('"position"');
  const wrap = <Made extends object>(made: Made): Made =>
    new Proxy(made, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const request = () => Reflect.apply(value, target, given) as Promise<unknown>;
          if (name === 'insertMany' || name === 'bulkWrite') {
            waiting.push(request);
            return Promise.resolve({});
          }
          if (!isCheckpoint(name, given)) return name === 'collection' ? wrap(request()) : request();
          const late = waiting;
          waiting = [];
          return request().then(async (answer) => {
            for (const each of late) await each();
            return answer;
          });
        };
      },
    });
  return { ...mongo, db: wrap(mongo.db) };
};

const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
