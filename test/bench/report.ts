/** One figure of a benchmark. */
export interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** The target that users are promised. */
  readonly target?: string;
  /** The ratio to the bare limit, measured in the same run. */
  readonly ratio?: number;
}

/** The result of one benchmark. */
export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** Answers the value below which this share of the sorted values lies. */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
