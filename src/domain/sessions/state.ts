import type { Hash, Instant, UserId } from '../kernel/ids.js';

export interface ActiveSession {
  readonly status: 'active';
  readonly userId: UserId;
  readonly epoch: number;
  /** The newest generation: one token, or several where an answer was lost and the exchange was repeated. */
  readonly current: readonly Hash[];
  readonly expiresAt: Instant;
  readonly previous: { readonly hashes: readonly Hash[]; readonly spentAt: Instant } | null;
  /** The tokens of every older generation. */
  readonly spent: readonly Hash[];
}

export type SessionState =
  | { readonly status: 'absent' }
  | ActiveSession
  | { readonly status: 'ended'; readonly userId: UserId; readonly reused: boolean };
