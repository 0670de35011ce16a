/** What a projection does about failures. */
export interface FailurePolicy {
  /** The number of times that a batch is tried before its events are tried one by one. */
  readonly attempts: number;
  /** Answers the pause before the n-th new try, counted from 0. */
  readonly backOffMs: (attempt: number) => number;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/** Tries transient failures for ever, and others three times. Then the event is parked. */
export const FAILURE_POLICY: FailurePolicy = {
  attempts: 3,
  backOffMs: (attempt) => Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS),
};
