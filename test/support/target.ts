/** The app under attack: a process of its own. */
export interface Target {
  /** Where it is reached: `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly pid: number;
  /** What it signs access tokens with. */
  readonly jwtSecret: string;
  readonly masterKey: string;
  /** All it has written to stdout and stderr. */
  output(): string;
  /** The token of the newest verification mail to this address. */
  mailedToken(email: string): Promise<string>;
}

/** Given as a function: hooks set it up before the first test. */
export type GetTarget = () => Target;
