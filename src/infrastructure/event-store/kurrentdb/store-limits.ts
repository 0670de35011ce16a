/** How much the store takes, and how long it waits. */
export interface KurrentDbLimits {
  /** The appends that are sent to the server at a time. */
  readonly appendsAtOnce: number;
  /** The most appends that may be under way or wait. One more is refused. */
  readonly queuedAppends: number;
  /** The time that an append or a read goes on trying. Then its caller gets the error that the log is out of reach. */
  readonly retryForMs: number;
  /** The time after which a call without an answer is given up. The client's own limit is longer. */
  readonly answerWithinMs: number;
  /** The time after which a subscription that is told nothing asks whether the log has gone on without it. */
  readonly quietMs: number;
  /** The events that are read at a time. */
  readonly pageSize: number;
  /** The most events that a subscription keeps for a consumer that lags. */
  readonly unreadEvents: number;
  /** The streams whose heads are asked for at a time, and the questions that may wait. */
  readonly headQueries: number;
  readonly queuedHeadQueries: number;
}

export const KURRENTDB_LIMITS: KurrentDbLimits = {
  appendsAtOnce: 256,
  queuedAppends: 20_000,
  retryForMs: 10_000,
  answerWithinMs: 5_000,
  quietMs: 5_000,
  pageSize: 1_000,
  unreadEvents: 1_000,
  headQueries: 32,
  queuedHeadQueries: 10_000,
};
