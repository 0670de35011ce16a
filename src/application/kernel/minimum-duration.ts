/** Resolves after so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

/** This is far longer than an append takes, and shorter than a user minds who waits for a mail. */
const LEAST_MS = 200;

/** Called with the error of work that failed: its caller does not get it. */
export type OnWorkFailed = (error: unknown, correlationId: string) => void;

/**
 * Makes an answer take as long whether there was something to do or not, and whether that succeeded or not, so that neither
 * its time nor an error shows which it was.
 */
export type MinimumDuration = (correlationId: string, work: () => Promise<void>) => Promise<void>;

export const minimumDuration =
  (pause: Pause, onFailed: OnWorkFailed): MinimumDuration =>
  async (correlationId, work) => {
    await Promise.all([work().catch((error: unknown) => onFailed(error, correlationId)), pause(LEAST_MS)]);
  };
