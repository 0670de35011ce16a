import type { SessionId } from '../kernel/ids.js';
import type { Ticket } from './commands.js';

export interface RegisteredUser {
  readonly status: 'registered';
  readonly username: string;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly emailVerified: boolean;
  /** The newest verification ticket: only it can be spent. */
  readonly verification: Ticket | null;
  /** How often all sessions were ended: a session of an earlier epoch is over. */
  readonly sessionEpoch: number;
  readonly exceptSessionId: SessionId | null;
}

export type UserState = { readonly status: 'absent' } | RegisteredUser;
