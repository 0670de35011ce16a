import type { MongoDatabase } from '../../src/infrastructure/mongodb/open-mongo.js';

/** Carries out a request, in its own way, and answers what it answers. */
type Intercept = (name: string, request: () => unknown) => unknown;

/** Makes a database whose calls go through `intercept`, those of its collections, too. */
export const interceptedMongo = (mongo: MongoDatabase, intercept: Intercept): MongoDatabase => {
  const intercepted = <Made extends object>(made: Made): Made =>
    new Proxy(made, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const request = () => Reflect.apply(value, target, given) as unknown;
          return name === 'collection' ? intercepted(request() as object) : intercept(String(name), request);
        };
      },
    });
  return { ...mongo, db: intercepted(mongo.db) };
};
