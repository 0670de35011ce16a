/** Resolves after so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

/** Far more than an append takes, and less than somebody minds who waits for a mail. */
const LEAST_MS = 200;

/** Has an answer take as long whether there was something to do or not, so that its time tells nothing. */
export type EvenTime = (work: () => Promise<void>) => Promise<void>;

export const evenTime =
  (pause: Pause): EvenTime =>
  async (work) => {
    await Promise.all([work(), pause(LEAST_MS)]);
  };
