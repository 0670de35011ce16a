/** Lets work of one key be done one after another, in the order in which it came; keys do not wait for each other. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

export const createTurns = (): InTurn => {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    last.set(key, own);
    try {
      return await own;
    } finally {
      if (last.get(key) === own) last.delete(key);
    }
  };
};
