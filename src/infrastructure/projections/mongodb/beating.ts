/**
 * Writes a beat at this interval until what it answers is called, which waits for the beat that is under way: updates of FerretDB are
 * not atomic, so that a late beat might undo what is written next. Nobody is told of a beat that was not written.
 */
export const beatEvery = (milliseconds: number, beat: () => Promise<unknown>): (() => Promise<void>) => {
  let beaten: Promise<unknown> | undefined;
  const beatOnce = async () => {
    try {
      await beat();
    } catch {
      // It shows as silence.
    }
  };
  const beating = setInterval(() => {
    beaten ??= beatOnce().finally(() => (beaten = undefined));
  }, milliseconds);
  return async () => {
    clearInterval(beating);
    await beaten;
  };
};
