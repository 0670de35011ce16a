/** The app that a test attacks, in a process of its own. */
export interface Target {
  /** The address at which it is reached: `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly pid: number;
  /** The secret with which it signs access tokens. */
  readonly jwtSecret: string;
  readonly masterKey: string;
  /** Answers everything that it has written to stdout and stderr. */
  output(): string;
  /** Answers the token of the newest verification mail to this address. */
  mailedToken(email: string): Promise<string>;
}

/** The target is given as a function, because hooks set it up before the first test. */
export type GetTarget = () => Target;
