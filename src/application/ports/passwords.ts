/** So many passwords are waiting to be hashed that another one would wait too long: the same may succeed soon. */
export class PasswordsOverloadedError extends Error {
  override readonly name = 'PasswordsOverloadedError';
}

/** Makes slow, salted hashes of passwords, off the main thread. Raises `PasswordsOverloadedError` when too many wait. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Compares a password with a hash. Without a hash (null) it takes the same time, and answers false. */
  matches(password: string, hash: string | null): Promise<boolean>;
}
