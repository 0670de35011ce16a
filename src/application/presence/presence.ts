import type { UserId } from '../../domain/kernel/ids.js';

/** Online: active on some socket. Away: connected, and nothing comes. Offline: not connected. */
export type PresenceStatus = 'online' | 'away' | 'offline';

/** What is shown of a user. Times are milliseconds since 1970 throughout. */
export interface Presence {
  readonly status: PresenceStatus;
  /** When they last did something, or left: never while online, and only as far as anybody remembers. */
  readonly lastSeenAt?: number;
}

/** What one node says of a user's sockets there. */
export interface Report {
  readonly userId: UserId;
  readonly status: PresenceStatus;
  readonly seenAt: number;
}

export interface PresenceLimits {
  /** How long somebody may be without a socket and is not offline yet: a reconnect shows nothing. */
  readonly graceMs: number;
  readonly awayAfterMs: number;
  /** How often a node says that it lives. */
  readonly beatMs: number;
  /** A node that was not heard of for so long is gone, and all who were connected to it. */
  readonly silenceMs: number;
  /** How often, at most, a node tells everything. */
  readonly snapshotMs: number;
  readonly watchedBySocket: number;
}

export const PRESENCE_LIMITS: PresenceLimits = {
  graceMs: 4_000,
  awayAfterMs: 5 * 60_000,
  beatMs: 2_000,
  silenceMs: 7_000,
  snapshotMs: 1_000,
  watchedBySocket: 500,
};

/** What is shown of somebody of whom nothing is known, and of somebody who may not be seen. */
export const ABSENT: Presence = { status: 'offline' };

export const isSamePresence = (one: Presence | undefined, other: Presence): boolean =>
  one?.status === other.status && one.lastSeenAt === other.lastSeenAt;
