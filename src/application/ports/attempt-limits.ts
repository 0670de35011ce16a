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
 * Limits attempts: by network, and by subject within a network, so that nobody locks out somebody who is elsewhere. For one
 * subject, wherever they come from, they only become slower. The subject is what the caller presented, known or not:
 * what is refused, and how long it takes, tells nothing of who is there.
 */
export interface AttemptLimits {
  /** Counts one; raises `TooManyAttemptsError` when there were too many, waits when there were many for the subject. */
  take(attempt: Attempt, keys: { readonly address: string; readonly subject: string }): Promise<void>;
  /** Counts one of which the subject is not known yet. */
  takeFrom(attempt: Attempt, address: string): Promise<void>;
  /** Counts for its subject one that was taken from its address before. */
  takeFor(attempt: Attempt, subject: string, address: string): Promise<void>;
  /** Forgets what failed for a user from this network, after a success. */
  clear(attempt: Attempt, subject: string, address: string): Promise<void>;
  /** Sends a mail, unless too many have gone out; counts it when `send` says that it has sent one. */
  mail(attempt: Attempt, subject: string, send: () => Promise<boolean>): Promise<void>;
}

/** Too many attempts; says when to come back. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError';

  constructor(readonly retryAfterSeconds: number) {
    super('too many attempts');
  }
}
