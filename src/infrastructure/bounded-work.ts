interface Bounds {
  /** How much is done at a time. */
  readonly atOnce: number;
  /** How much waits for it, in the order in which it came. */
  readonly waiting: number;
  /** What is thrown at more than that. */
  readonly refusal: () => Error;
}

/** Does work within its bounds: however much comes, the rest of the process keeps its connections and its processor. */
export const boundedWork = ({ atOnce, waiting, refusal }: Bounds) => {
  const queue: (() => void)[] = [];
  let underWay = 0;
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (underWay < atOnce) underWay += 1;
    else if (queue.length < waiting) await new Promise<void>((resolve) => queue.push(resolve));
    else throw refusal();
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next)
        next(); // it takes this one's place
      else underWay -= 1;
    }
  };
};
