/** Waits for something that may never happen. If the signal comes first, it raises the signal's reason. */
export const orAborted = async <Result>(waiting: Promise<Result>, signal: AbortSignal): Promise<Result> => {
  signal.throwIfAborted();
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { signal: over.signal });
  });
  try {
    return await Promise.race([waiting, aborted]);
  } finally {
    over.abort();
  }
};
