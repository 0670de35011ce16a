/** The kinds of attempts. Each has its own limits. */
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
 * Limits attempts by network, and by subject within a network, so that nobody locks out a user who is elsewhere. For one
 * subject, attempts from everywhere together only become slower. The subject is what the caller presented, known or not: what
 * is refused, and how long it takes, does not show which users there are.
 */
export interface AttemptLimits {
  /** Counts an attempt. It raises `TooManyAttemptsError` after too many, and waits after many for the subject. */
  take(attempt: Attempt, keys: { readonly address: string; readonly subject: string }): Promise<void>;
  /** Counts an attempt whose subject is not known yet. */
  takeFrom(attempt: Attempt, address: string): Promise<void>;
  /** Counts an attempt for its subject that was counted for its address before. */
  takeFor(attempt: Attempt, subject: string, address: string): Promise<void>;
  /** Forgets the failures for a user from this network, after a success. */
  clear(attempt: Attempt, subject: string, address: string): Promise<void>;
  /** Sends a mail, unless too many were sent. It counts the mail when `send` answers that it has sent one. */
  mail(attempt: Attempt, subject: string, send: () => Promise<boolean>): Promise<void>;
}

/** There were too many attempts. The error says when to come back. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError';

  constructor(readonly retryAfterSeconds: number) {
    super('too many attempts');
  }
}
