import type { UserId } from '../../domain/kernel/ids.js';

/** Online: active on some socket. Away: connected, and inactive. Offline: not connected. */
export type PresenceStatus = 'online' | 'away' | 'offline';

/** The presence of a user, as it is shown. Times are milliseconds since 1970 throughout. */
export interface Presence {
  readonly status: PresenceStatus;
  /** When they last did something, or left. It is never given while they are online, and only as far as it is remembered. */
  readonly lastSeenAt?: number;
}

/** The state of a user's sockets on one node. */
export interface Report {
  readonly userId: UserId;
  readonly status: PresenceStatus;
  readonly seenAt: number;
}

export interface PresenceLimits {
  /** The grace period in which a user without a socket is not offline yet: a reconnect shows nothing. */
  readonly graceMs: number;
  readonly awayAfterMs: number;
  /** The pause between two signs of life of a node. */
  readonly beatMs: number;
  /** A node without a sign of life for so long is gone, and so are all who were connected to it. */
  readonly silenceMs: number;
  /** The shortest pause between two full answers of a node. */
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

/** The presence of a user of whom nothing is known, or who may not be seen. */
export const ABSENT: Presence = { status: 'offline' };

export const isSamePresence = (one: Presence | undefined, other: Presence): boolean =>
  one?.status === other.status && one.lastSeenAt === other.lastSeenAt;
