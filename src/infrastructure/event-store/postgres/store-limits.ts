/** How much the store takes. */
export interface StoreLimits {
  /** The most appends in one commit. */
  readonly groupAppends: number;
  /** The most bytes of events in one commit. */
  readonly groupBytes: number;
  /** The most appends that may wait. One more is refused. */
  readonly queuedAppends: number;
  /** The time that an append waits for the database, in the queue too. Then its caller gets the error that it is out of reach. */
  readonly retryForMs: number;
  /** The time after which a commit without an answer is given up and repeated: later than the server would give it up. */
  readonly answerWithinMs: number;
  /** The pause after which a subscription looks by itself, in case a notification was lost. */
  readonly pollMs: number;
  /** The events that are read at a time. */
  readonly pageSize: number;
  /** The most questions for the heads of streams that are asked at a time. */
  readonly headQueries: number;
  /** The most of these questions that may wait. One more is refused. */
  readonly queuedHeadQueries: number;
  /** The most events that are kept for a subscriber that lags. It reads the others from the table. */
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
