import type { UndecodableEvent } from '../../../application/ports/event-store.js';

/** How much the writer takes on. */
export interface StoreLimits {
  /** Appends in one commit. */
  readonly groupAppends: number;
  /** Bytes of events in one commit. */
  readonly groupBytes: number;
  /** Appends that may wait; one more is refused. */
  readonly queuedAppends: number;
  /** How long an append waits for the database, its time in the queue included; then its caller is told that it is out of reach. */
  readonly retryForMs: number;
  /** When a commit that got no answer is given up and repeated: later than the server would give it up. */
  readonly answerWithinMs: number;
  /** How often a subscription looks by itself, should a notification be lost. */
  readonly pollMs: number;
  /** Events read at a time. */
  readonly pageSize: number;
  /** How many questions for the heads of streams are asked at a time. */
  readonly headQueries: number;
  /** How many of them may wait; one more is refused. */
  readonly queuedHeadQueries: number;
  /** Events that are kept for a subscriber that lags; it reads the others from the table. */
  readonly unreadEvents: number;
}

export const STORE_LIMITS: StoreLimits = {
  groupAppends: 512,
  groupBytes: 4 * 1024 * 1024,
  queuedAppends: 20_000,
  retryForMs: 10_000,
  answerWithinMs: 20_000,
  pollMs: 1_000,
  pageSize: 1_000,
  headQueries: 2,
  queuedHeadQueries: 100,
  unreadEvents: 20_000,
};

/** Watches the store: for metrics and logs. */
export interface StoreObserver {
  /** A group was committed: how many appends and events, how long it took, how many appends wait. */
  committed(group: {
    readonly appends: number;
    readonly events: number;
    readonly seconds: number;
    readonly waiting: number;
  }): void;
  /** A subscription came to an event that cannot be decoded; it goes on behind it. */
  undecodable(event: UndecodableEvent): void;
}

/** Told of what goes wrong and right by itself again. */
export interface StoreLog {
  /** Of what needs somebody to look. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
