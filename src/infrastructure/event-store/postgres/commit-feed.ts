import type { RecordedEvent } from '../../../application/ports/event-store.js';

/** Events a subscriber may leave lying before they are dropped, and read from the table again when it comes to them. */
const MAX_UNREAD = 20_000;

/** What one subscriber has been handed: groups of events as they were committed here, and a nudge when others wrote. */
export class FeedReader {
  #groups: (readonly RecordedEvent[])[] = [];
  #unread = 0;
  #nudged = false;
  #wake: (() => void) | undefined;

  push(events: readonly RecordedEvent[]): void {
    if (events.length === 0 || this.#unread + events.length > MAX_UNREAD) this.#nudged = true;
    else {
      this.#groups.push(events);
      this.#unread += events.length;
    }
    this.#wake?.();
  }

  /** Everything that lies there, as one group: who is slower than the commits does more at a time, and keeps up. */
  take(): readonly RecordedEvent[] | undefined {
    const groups = this.#groups;
    if (groups.length === 0) return undefined;
    this.#groups = [];
    this.#unread = 0;
    return groups.length === 1 ? groups[0] : groups.flat();
  }

  /** Resolves when there is something to take or to look for in the table, or the time is up. */
  async wait(pollMs: number, signal: AbortSignal): Promise<void> {
    if (this.#groups.length > 0 || this.#nudged || signal.aborted) {
      this.#nudged = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.#wake, { once: true });
    }).finally(() => {
      if (this.#wake) signal.removeEventListener('abort', this.#wake);
      this.#wake = undefined;
      this.#nudged = false;
    });
  }
}

/** Hands what this process commits to its own subscribers, so that they need not read it back. */
export class CommitFeed {
  readonly #readers = new Set<FeedReader>();

  open(): FeedReader {
    const reader = new FeedReader();
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
