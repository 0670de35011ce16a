/** Tells which of the programs that share read models are running. Each has a name of its own. */
export interface RunningPrograms {
  /** The name of this one. */
  readonly own: string;
  /** Says whether a program has ended. One that is only cut off may count as ended, too. */
  hasEnded(program: string): Promise<boolean>;
}
