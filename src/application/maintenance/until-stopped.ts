/** The time that work may take to end once the server stops. A comparison in the database can take long. */
const END_WITHIN_MS = 3_000;

export interface Stopping {
  /** It is given when the server begins to stop. */
  readonly stopping: AbortSignal;
  /** Resolves after the time, or at once when the signal is given. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Calls once a signal is given, or at once where it was before; not when the other one has come first. */
export const whenGiven = (signal: AbortSignal, forgotten: AbortSignal, call: () => void): void => {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { signal: forgotten });
};

/**
 * Waits for work to end, but not for long once the server stops: then the reason of the signal is raised. What is left of the
 * work is cleared up at the next start.
 */
export const untilStopped = async <Result>(
  { stopping, sleep }: Stopping,
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> => {
  const over = new AbortController();
  const stopped = new Promise<void>((resolve) => whenGiven(stopping, over.signal, resolve));
  const tooLate = async (): Promise<never> => {
    await stopped;
    await sleep(END_WITHIN_MS, over.signal);
    return Promise.reject(signal.reason as Error);
  };
  try {
    return await Promise.race([work, tooLate()]);
  } finally {
    over.abort();
  }
};
