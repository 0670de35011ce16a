/** What is counted: each has its own limits. */
export type Attempt =
  | 'login'
  | 'register'
  | 'verify-email'
  | 'resend-verification'
  | 'forgot-password'
  | 'reset-password'
  | 'password'
  | 'refresh'
  | 'export';

/**
 * Limits attempts: by network, and by account within a network, so that nobody locks out somebody who is elsewhere. For an
 * account, wherever they come from, they only become slower. The account is what the caller presented, known or not:
 * what is refused, and how long it takes, tells nothing of who is there.
 */
export interface AttemptLimits {
  /** Counts one; raises `TooManyAttemptsError` when there were too many, waits when there were many for the account. */
  take(attempt: Attempt, keys: { readonly address: string; readonly account: string }): Promise<void>;
  /** Counts one of which the account is not known yet. */
  takeFrom(attempt: Attempt, address: string): Promise<void>;
  /** Counts for its account one that was taken from its address before. */
  takeFor(attempt: Attempt, account: string, address: string): Promise<void>;
  /** Forgets what failed for an account from this network, after a success. */
  clear(attempt: Attempt, account: string, address: string): Promise<void>;
  /** Sends a mail, unless too many have gone out; counts it when `send` says that it has sent one. */
  mail(attempt: Attempt, account: string, send: () => Promise<boolean>): Promise<void>;
}

/** Too many attempts; says when to come back. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError';

  constructor(readonly retryAfterSeconds: number) {
    super('too many attempts');
  }
}
