import { InterruptedError } from './tool.js';

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

/** Gives the work a call that ends it once the signal asks for that. What it fails with then is what ended it. */
export const endedBy = async <Result>(
  signal: AbortSignal,
  whatIsLeft: string,
  work: (requireWanted: () => void) => Promise<Result>,
): Promise<Result> => {
  const interrupted = (cause?: unknown) => new InterruptedError(`interrupted: ${whatIsLeft}`, { cause });
  try {
    return await work(() => {
      if (signal.aborted) throw interrupted();
    });
  } catch (error) {
    throw signal.aborted ? interrupted(error) : error;
  }
};
