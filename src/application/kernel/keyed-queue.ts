/**
 * Runs the work of one key one after another, in the order in which it came; keys do not wait for each other. Work that has
 * waited too long is refused and not begun. The work after it still waits for what is under way.
 */
export type KeyedQueue = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export const createKeyedQueue = (longestWaitMs: number, refusal: () => Error): KeyedQueue => {
  const last = new Map<string, Promise<void>>();
  return (key, work) =>
    new Promise((resolve, reject) => {
      let isRefused = false;
      const refuse = () => {
        isRefused = true;
        reject(refusal());
      };
      const waiting = setTimeout(refuse, longestWaitMs);
      const begin = async () => {
        clearTimeout(waiting);
        if (!isRefused) await Promise.resolve().then(work).then(resolve, reject);
      };
      const own = (last.get(key) ?? Promise.resolve()).then(begin).finally(() => {
        if (last.get(key) === own) last.delete(key);
      });
      last.set(key, own);
    });
};
