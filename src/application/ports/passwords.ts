/** Slow, salted hashes of passwords; off the main thread. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time when there is no hash to compare with (null): the answer is then false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}
