import type { RecordedEvent } from '../../../application/ports/event-store.js';
import { isDense } from './dense.js';

/**
 * The events that wait for one subscriber: a single run without a gap. A group that does not follow on the run is not kept,
 * and neither is anything after it: the subscriber reads the table once it has taken the run.
 */
export class FeedReader {
  readonly #maxUnread: number;
  #run: RecordedEvent[] = [];
  #mustRead = false;
  #wake: (() => void) | undefined;

  constructor(maxUnread: number) {
    this.#maxUnread = maxUnread;
  }

  push(events: readonly RecordedEvent[]): void {
    if (!this.#mustRead && this.#isNext(events)) for (const event of events) this.#run.push(event);
    else this.#mustRead = true;
    this.#wake?.();
  }

  #isNext(events: readonly RecordedEvent[]): boolean {
    if (events.length === 0 || this.#run.length + events.length > this.#maxUnread) return false;
    const last = this.#run.at(-1);
    return !last || isDense(events, last.position);
  }

  /**
   * Takes the whole run, so that a subscriber that is slower than the commits takes more at a time, and keeps up. It waits
   * while there is nothing to take, and answers nothing when the table must be read, or the time is up.
   */
  async next(pollMs: number, signal: AbortSignal): Promise<readonly RecordedEvent[]> {
    if (this.#run.length === 0 && !this.#mustRead && !signal.aborted) await this.#untilWoken(pollMs, signal);
    const run = this.#run;
    this.#run = [];
    // A new run may begin only now: the subscriber reads the table next, and finds there what was not kept until here.
    if (run.length === 0) this.#mustRead = false;
    return run;
  }

  async #untilWoken(pollMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, pollMs);
      signal.addEventListener('abort', wake);
      this.#wake = wake;
    });
    this.#wake = undefined;
  }
}

/** Gives what this process commits to its own subscribers, so that they need not read it back. */
export class CommitFeed {
  readonly #readers = new Set<FeedReader>();
  readonly #maxUnread: number;

  /** A reader keeps no more events than this. A subscriber that lags further behind reads the table. */
  constructor(maxUnread: number) {
    this.#maxUnread = maxUnread;
  }

  open(): FeedReader {
    const reader = new FeedReader(this.#maxUnread);
    this.#readers.add(reader);
    return reader;
  }

  close(reader: FeedReader): void {
    this.#readers.delete(reader);
  }

  /** An empty group says that something was appended which must be read from the table. */
  publish(events: readonly RecordedEvent[]): void {
    for (const reader of this.#readers) reader.push(events);
  }
}
