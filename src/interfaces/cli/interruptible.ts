const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Does work that ends in order when the process is asked to stop. It is listened to once: the second request ends the process. */
export const interruptible = async <Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> => {
  const asked = new AbortController();
  const stop = (): void => {
    forget();
    asked.abort();
  };
  const forget = (): void => {
    for (const each of SIGNALS) process.off(each, stop);
  };
  for (const each of SIGNALS) process.on(each, stop);
  try {
    return await work(asked.signal);
  } finally {
    forget();
  }
};
