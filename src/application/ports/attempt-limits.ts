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

/** Limits attempts by account and by address. */
export interface AttemptLimits {
  /** Counts one; raises `TooManyAttemptsError` when there were too many. */
  take(attempt: Attempt, keys: { readonly address?: string; readonly account?: string }): Promise<void>;
  /** Forgets an account's failed attempts after a successful one. */
  clear(attempt: Attempt, account: string): Promise<void>;
}

/** Too many attempts; says when to come back. */
export class TooManyAttemptsError extends Error {
  override readonly name = 'TooManyAttemptsError';

  constructor(readonly retryAfterSeconds: number) {
    super('too many attempts');
  }
}
