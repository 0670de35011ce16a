import type { ClientStorage } from '../platform.js';
import type { Database, IndexedDb, Store } from './indexed-db.js';

const STORE = 'values';
/** It comes after every character of a key. */
const LAST = '\uffff';

declare const IDBKeyRange: { bound(from: string, to: string): unknown };

const opened = (factory: IndexedDb, name: string, onClose: () => void): Promise<Database> =>
  new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      // Somebody clears what the site has kept, or the browser gives the database up: the next use opens it again.
      request.result.onclose = onClose;
      request.result.onversionchange = () => {
        request.result.close();
        onClose();
      };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('IndexedDB cannot be opened'));
  });

/** Keeps values in the browser's IndexedDB. A change is on the disk once its promise resolves. */
export const indexedDbStorage = (factory: IndexedDb, name = 'chatapp'): ClientStorage => {
  let database: Promise<Database> | undefined;
  const forget = (): void => {
    database = undefined;
  };
  const failed = (error: unknown): never => {
    forget();
    throw error;
  };

  const run = async <Result>(mode: 'readonly' | 'readwrite', work: (store: Store) => () => Result): Promise<Result> => {
    database ??= opened(factory, name, forget);
    const transaction = (await database.catch(failed)).transaction(STORE, mode, { durability: 'strict' });
    return new Promise((resolve, reject) => {
      const result = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(result());
      transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB has aborted'));
    });
  };

  return {
    get: (key) =>
      run('readonly', (store) => {
        const request = store.get(key);
        return () => request.result;
      }),
    put: (key, value) =>
      run('readwrite', (store) => {
        store.put(value, key);
        return () => undefined;
      }),
    remove: (key) =>
      run('readwrite', (store) => {
        store.delete(key);
        return () => undefined;
      }),
    list: (prefix) =>
      run('readonly', (store) => {
        const range = IDBKeyRange.bound(prefix, `${prefix}${LAST}`);
        const [keys, values] = [store.getAllKeys(range), store.getAll(range)];
        return () => keys.result.map((key, index) => [key, values.result[index]] as const);
      }),
  };
};
