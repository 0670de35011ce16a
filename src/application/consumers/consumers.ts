import { Consumer } from './consumer.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** A run as long as this shows that what failed before has healed. */
const HEALED_AFTER_MS = 60_000;
/** A subscription gives a sign of life every second, also when nothing happens. */
const QUIET_SECONDS = 2;

export interface ConsumersParts {
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Resolves after the time, or at once when the signal says so. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Told of a consumer that failed and is started again. */
  readonly onFailed: (consumer: string, error: unknown) => void;
}

/** Works until the signal, telling that it comes on. When it fails or ends before, it is started again. */
export type Work = (consumer: Consumer, signal: AbortSignal) => Promise<void>;

/** Everything that has to come on for this node to be of use: each consumer is started again when it fails, and is seen when it is stuck. */
export class Consumers {
  readonly #parts: ConsumersParts;
  readonly #all: Consumer[] = [];

  constructor(parts: ConsumersParts) {
    this.#parts = parts;
  }

  get all(): readonly Consumer[] {
    return this.#all;
  }

  /** One that starts itself again, and tells that it is alive at least so often. */
  add(name: string, quietSeconds = QUIET_SECONDS): Consumer {
    const consumer = new Consumer(name, quietSeconds, this.#parts.now);
    this.#all.push(consumer);
    return consumer;
  }

  /**
   * Runs the work until the signal, and starts it again, later each time, whenever it fails. Never rejects; resolves when
   * the work has ended. What fails because it was told to end is nobody's concern.
   */
  async run(name: string, signal: AbortSignal, work: Work, quietSeconds = QUIET_SECONDS): Promise<void> {
    const { now, sleep, onFailed } = this.#parts;
    const consumer = this.add(name, quietSeconds);
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
