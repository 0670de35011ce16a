/** Resolves after so many milliseconds. */
export type Pause = (milliseconds: number) => Promise<void>;

/** Far more than an append takes, and less than somebody minds who waits for a mail. */
const LEAST_MS = 200;

/** Told of work that failed: its caller is not told. */
export type OnWorkFailed = (error: unknown, correlationId: string) => void;

/**
 * Has an answer take as long whether there was something to do or not, and whether that succeeded or not, so that
 * neither its time nor an error tells which it was.
 */
export type MinimumDuration = (correlationId: string, work: () => Promise<void>) => Promise<void>;

export const minimumDuration =
  (pause: Pause, onFailed: OnWorkFailed): MinimumDuration =>
  async (correlationId, work) => {
    await Promise.all([work().catch((error: unknown) => onFailed(error, correlationId)), pause(LEAST_MS)]);
  };
