import { setTimeout as sleep } from 'node:timers/promises';

/** Says what a phase still waits for, for people. */
type Waiting = () => string | Promise<string>;

interface PhasesParts {
  /** The time that each phase may take, in milliseconds. */
  readonly withinMs: number;
  readonly onProgress: (line: string) => void;
}

const TOLD_EVERY_MS = 10_000;

/** A phase of a run did not come to its end. The message says which one, and what it waits for. */
export class PhaseOverdueError extends Error {
  override readonly name = 'PhaseOverdueError';
}

/** Runs the phases of a run, each within its time: a run that cannot end says what it waits for. */
export class Phases {
  readonly #parts: PhasesParts;

  constructor(parts: PhasesParts) {
    this.#parts = parts;
  }

  /** Answers what the work does, which may take this many milliseconds more than others. Raises `PhaseOverdueError`. */
  async run<Result>(name: string, work: Promise<Result>, waiting: Waiting, longerMs = 0): Promise<Result> {
    const ended = new AbortController();
    const told = this.#tell(name, waiting, longerMs, ended.signal);
    try {
      return await Promise.race([work, told]);
    } finally {
      ended.abort();
      work.catch(() => undefined); // It is ended with the servers that it waits for.
    }
  }

  /** Tells again and again what is waited for, and raises that in the end. */
  async #tell(name: string, waiting: Waiting, longerMs: number, ended: AbortSignal): Promise<never> {
    const { withinMs, onProgress } = this.#parts;
    const startedAt = performance.now();
    const giveUpAfterMs = withinMs + longerMs;
    for (;;) {
      const leftMs = giveUpAfterMs - (performance.now() - startedAt);
      await sleep(Math.min(TOLD_EVERY_MS, leftMs), undefined, { signal: ended }).catch(() => undefined);
      if (ended.aborted) return new Promise(() => undefined);
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      const text = `${name}, for ${seconds} s: ${await waiting()}`;
      if (performance.now() - startedAt >= giveUpAfterMs) throw new PhaseOverdueError(text);
      onProgress(text);
    }
  }
}
