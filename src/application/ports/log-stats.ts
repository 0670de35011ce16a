/** The number of events of a type in the log. */
export interface TypeStats {
  readonly type: string;
  readonly events: number;
  /** The bytes of their content, without what the database adds. */
  readonly bytes: number;
}

/** The contents of the log in numbers. */
export interface LogStats {
  readonly events: number;
  /** The position of the last event. */
  readonly head: string;
  readonly streams: number;
  readonly bytes: number;
  /** It is null for an empty log. */
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly types: readonly TypeStats[];
}
