/** Asks tables for what these events must have left there. Each row of the answer has a `problem`, and its position in the log. */
export interface RecentQuestion {
  readonly text: string;
  readonly values: readonly unknown[];
}
