import { Consumer } from './consumer.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** A run as long as this shows that what failed before works again. */
const HEALED_AFTER_MS = 60_000;
/** A subscription gives a sign of life every second, also when nothing happens. */
const QUIET_SECONDS = 2;

export interface ConsumersParts {
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Resolves after the time, or at once when the signal is given. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Called with the failure of a consumer that is started again. */
  readonly onFailed: (consumer: string, error: unknown) => void;
}

/** Works until the signal, and gives signs of life. When it fails or ends before, it is started again. */
export type Work = (consumer: Consumer, signal: AbortSignal) => Promise<void>;

/** The consumers that this node needs. Each is started again when it fails, and is noticed when it is stuck. */
export class Consumers {
  readonly #parts: ConsumersParts;
  readonly #all: Consumer[] = [];

  constructor(parts: ConsumersParts) {
    this.#parts = parts;
  }

  get all(): readonly Consumer[] {
    return this.#all;
  }

  /**
   * Adds one that starts itself again, and gives a sign of life at least so often. A node can do without one that says what
   * is missed meanwhile.
   */
  add(name: string, quietSeconds = QUIET_SECONDS, missed?: string): Consumer {
    const consumer = new Consumer({ name, quietSeconds, missed, now: this.#parts.now });
    this.#all.push(consumer);
    return consumer;
  }

  /**
   * Runs the work until the signal, and starts it again, later each time, whenever it fails. Never rejects; resolves when
   * the work has ended. A failure after the signal is ignored.
   */
  async run(
    name: string,
    signal: AbortSignal,
    work: Work,
    { quietSeconds, missed }: { readonly quietSeconds?: number; readonly missed?: string | undefined } = {},
  ): Promise<void> {
    const { now, sleep, onFailed } = this.#parts;
    const consumer = this.add(name, quietSeconds, missed);
    const isEnding = () => signal.aborted;
    for (let failures = 0; !isEnding(); failures += 1) {
      const startedAt = now();
      try {
        await work(consumer, signal);
        throw new Error(`${name} has ended before it was told to`);
      } catch (error) {
        if (isEnding()) return;
        onFailed(name, error);
        if (now() - startedAt > HEALED_AFTER_MS) failures = 0;
        await sleep(Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS), signal);
      }
    }
  }
}
