/** So many passwords wait to be hashed that another one would wait too long; try again soon. */
export class PasswordsOverloadedError extends Error {
  override readonly name = 'PasswordsOverloadedError';
}

/** Slow, salted hashes of passwords; off the main thread. Raises `PasswordsOverloadedError` when too many wait. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time when there is no hash to compare with (null): the answer is then false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}
