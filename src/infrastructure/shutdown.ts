const FAILED = 1;
/** npm passes on the Ctrl-C that the terminal has sent to all its processes: a second one within this time is the same one. */
const SAME_KEYPRESS_MS = 100;
/** The share of the time for stopping. In the rest, what was not done is logged. */
const SHARE_OF_RELEASES = 0.9;

/** A server that can be stopped. */
export interface Stoppable {
  /** Answers whether everything has ended in time. */
  stop(withinMs: number): Promise<boolean>;
}

type Tell = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface ShutdownParts {
  readonly log: { readonly info: Tell; readonly error: Tell; readonly fatal: Tell };
  readonly timeoutMs: number;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Answers the milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Ends the process: in order when it is asked to, in time if something hangs, and at once when it is asked again. */
export class Shutdown {
  readonly #parts: ShutdownParts;
  readonly #now: () => number;
  #starting: Promise<Stoppable> | undefined;
  readonly #begun = new AbortController();
  #askedAt: number | undefined;
  #code = 0;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** Aborted once the end has begun: a start that is under way stops there. */
  get signal(): AbortSignal {
    return this.#begun.signal;
  }

  /** Says what is to be stopped: a server that may still be starting. */
  watch(starting: Promise<Stoppable>): void {
    this.#starting = starting;
  }

  /** Ends the process because the operator asks for it. */
  ask(signal: 'SIGINT' | 'SIGTERM'): void {
    const { log, exit } = this.#parts;
    const now = this.#now();
    if (this.#askedAt === undefined) {
      this.#askedAt = now;
      this.#begin(signal);
    } else if (signal === 'SIGTERM' || now - this.#askedAt >= SAME_KEYPRESS_MS) {
      log.fatal({ why: signal }, 'asked again to stop: ending at once');
      exit(FAILED);
    }
  }

  /** Ends the process because a part has failed unexpectedly. */
  fail(error: unknown): void {
    this.#parts.log.fatal({ err: error }, 'a part has failed');
    this.#code = FAILED;
    this.#begin('failure');
  }

  #begin(why: string): void {
    if (this.signal.aborted) return;
    this.#begun.abort();
    const { log, timeoutMs, exit } = this.#parts;
    log.info({ why }, 'stopping');
    setTimeout(() => {
      log.fatal({ timeoutMs }, 'not stopped in time: ending all the same');
      exit(FAILED);
    }, timeoutMs);
    void this.#stop(this.#now() + timeoutMs);
  }

  async #stop(deadline: number): Promise<void> {
    const { log, exit } = this.#parts;
    const server = await this.#starting?.catch(() => undefined); // The code that started it reports why it did not start.
    if (!server) return;
    const hasEnded = await server.stop((deadline - this.#now()) * SHARE_OF_RELEASES);
    if (hasEnded) log.info({}, 'stopped');
    else log.error({}, 'stopped, and something was cut off');
    exit(hasEnded ? this.#code : FAILED);
  }
}
