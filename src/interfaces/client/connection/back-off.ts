/** How long a client waits before it connects again. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

export const BACK_OFF: BackOff = { firstMs: 500, longestMs: 30_000 };

const SHUTTING_DOWN = 1001;
/** A server that shuts down leaves all its clients at once: they come back within so many first waits. */
const SPREAD = 6;
/** After these the server has to be left alone for longer. */
const BUSY: ReadonlySet<number> = new Set([1013, 4429]);

/** Answers the milliseconds to wait: twice as long each time, and half of it by chance, so that clients do not meet. */
export const backOffOf = (attempt: number, code: number, { firstMs, longestMs }: BackOff, random: number): number => {
  if (code === SHUTTING_DOWN && attempt === 0) return firstMs * SPREAD * random;
  const first = BUSY.has(code) ? firstMs * 2 : firstMs;
  const longest = Math.min(longestMs, first * 2 ** Math.min(attempt, 20));
  return longest / 2 + (longest / 2) * random;
};
