/** How many events of a type the log holds. */
export interface TypeStats {
  readonly type: string;
  readonly events: number;
  /** Of their content, without what the database adds. */
  readonly bytes: number;
}

/** What the log holds. */
export interface LogStats {
  readonly events: number;
  /** The position of the last event. */
  readonly head: string;
  readonly streams: number;
  readonly bytes: number;
  /** Null for an empty log. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly types: readonly TypeStats[];
}
