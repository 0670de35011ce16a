import { z } from 'zod';
import type { LivePresence } from '../../application/presence/live-presence.js';
import type { Presence } from '../../application/presence/presence.js';
import type { Watcher } from '../../application/presence/watches.js';
import type { UserId } from '../../domain/kernel/ids.js';
import { userId } from '../schemas/fields.js';
import type { Connection } from './connection.js';
import { frameId, MAX_IDS, type RawFrame } from './protocol.js';
import { textFrame } from './text-frame.js';

const userIds = z.array(userId).min(1).max(MAX_IDS);

/** The frames about presence that clients send, by type. */
export const presenceFrames = {
  'presence.watch': z.strictObject({ type: z.literal('presence.watch'), id: frameId.optional(), userIds }),
  'presence.unwatch': z.strictObject({ type: z.literal('presence.unwatch'), id: frameId.optional(), userIds }),
} as const;

/** Shows the presence of a user to all who watch them: one frame, however many they are. */
export const showPresence = (connections: readonly Connection[], userId: UserId, presence: Presence): void => {
  const { status, lastSeenAt } = presence;
  const seen = lastSeenAt === undefined ? {} : { lastSeenAt: new Date(lastSeenAt).toISOString() };
  const frame = textFrame({ type: 'presence', userId, status, ...seen });
  for (const connection of connections) connection.write(frame);
};

/** Connects sockets with presence: they cause it, and watch that of others. */
export class SocketPresence {
  readonly #presence: LivePresence<Connection>;
  readonly #now: () => number;
  readonly #watchers = new WeakMap<Connection, Watcher<Connection>>();

  constructor(presence: LivePresence<Connection>, now: () => number) {
    this.#presence = presence;
    this.#now = now;
  }

  /** Notes that the socket has logged in. */
  opened(connection: Connection, userId: UserId): void {
    this.#watchers.set(connection, this.#presence.connect(userId, connection, this.#now()));
  }

  /** Notes a frame that a user has caused. */
  active(connection: Connection): void {
    const watcher = this.#watchers.get(connection);
    if (watcher) this.#presence.active(watcher, this.#now());
  }

  closed(connection: Connection): void {
    const watcher = this.#watchers.get(connection);
    if (!watcher) return;
    this.#watchers.delete(connection);
    this.#presence.disconnect(watcher, this.#now());
  }

  /** The handlers of the frames of presence. They are answered by frames of `presence` alone. */
  readonly handlers = {
    'presence.watch': async (raw: RawFrame, connection: Connection): Promise<undefined> => {
      const frame = presenceFrames['presence.watch'].parse(raw);
      const watcher = this.#watchers.get(connection);
      if (watcher) await this.#presence.watch(watcher, frame.userIds);
    },
    'presence.unwatch': async (raw: RawFrame, connection: Connection): Promise<undefined> => {
      const frame = presenceFrames['presence.unwatch'].parse(raw);
      const watcher = this.#watchers.get(connection);
      if (watcher) this.#presence.unwatch(watcher, frame.userIds);
    },
  };
}
