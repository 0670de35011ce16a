import type { Instant, MediaId, SessionId, UserId } from '../../domain/kernel/ids.js';
import type { UserRole } from '../../domain/users/roles.js';
import type { Settings } from '../../domain/users/settings.js';
import type { Relation } from '../ports/user-directory.js';

export interface UserRow {
  readonly userId: UserId;
  readonly username: string;
  readonly usernameKey: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly displayName: string;
  readonly bio: string | null;
  readonly avatarMediaId: MediaId | null;
  readonly createdAt: Instant;
  readonly settings: Settings;
  readonly roles: readonly UserRole[];
  /** What they are found by. */
  readonly terms: readonly string[];
  readonly erasedAt: Instant | null;
}

export interface SessionRow {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly device: string | null;
  readonly address: string;
  readonly epoch: number;
  readonly startedAt: Instant;
  readonly lastUsedAt: Instant;
  readonly expiresAt: Instant;
  readonly endedAt: Instant | null;
}

/** That a user has another among their contacts, or has blocked them. */
export interface RelationRow {
  readonly userId: UserId;
  readonly kind: Relation;
  readonly otherId: UserId;
  readonly since: Instant;
}

/** How often all of a user's sessions were ended, when that was last, and which of them went on. */
export interface EpochRow {
  readonly userId: UserId;
  readonly epoch: number;
  readonly exceptSessionId: SessionId | null;
  readonly endedAt: Instant;
}

/** The rows of the `users` projection: what its views mean is said by what events do to them. */
export type UsersTables = {
  readonly users: Map<string, UserRow>;
  readonly relations: Map<string, RelationRow>;
  readonly sessions: Map<string, SessionRow>;
  readonly epochs: Map<string, EpochRow>;
};

export const relationKey = (kind: Relation, userId: UserId, otherId: UserId): string => `${userId} ${kind} ${otherId}`;
