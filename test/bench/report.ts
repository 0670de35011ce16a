/** One figure of a benchmark. */
export interface Row {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  /** What is to be reached, for users. */
  readonly target?: string;
  /** Against the bare limit, measured in the same run. */
  readonly ratio?: number;
}

/** What one benchmark found. */
export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
}

/** The value below which this share of the sorted values lies. */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
