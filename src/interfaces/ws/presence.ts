import type { LivePresence } from '../../application/presence/live-presence.js';
import type { Presence } from '../../application/presence/presence.js';
import type { Watcher } from '../../application/presence/watches.js';
import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';
import { clientFrames, type RawFrame } from './protocol.js';
import { textFrame } from './text-frame.js';

/** Shows the same of a user to all who watch them: one frame, however many they are. */
export const showPresence = (connections: readonly Connection[], userId: UserId, presence: Presence): void => {
  const { status, lastSeenAt } = presence;
  const seen = lastSeenAt === undefined ? {} : { lastSeenAt: new Date(lastSeenAt).toISOString() };
  const frame = textFrame({ type: 'presence', userId, status, ...seen });
  for (const connection of connections) connection.write(frame);
};

/** Presence as sockets make it, and watch it. */
export class SocketPresence {
  readonly #presence: LivePresence<Connection>;
  readonly #now: () => number;
  readonly #watchers = new WeakMap<Connection, Watcher<Connection>>();

  constructor(presence: LivePresence<Connection>, now: () => number) {
    this.#presence = presence;
    this.#now = now;
  }

  /** The socket has said whose it is. */
  opened(connection: Connection, userId: UserId): void {
    this.#watchers.set(connection, this.#presence.connect(userId, connection, this.#now()));
  }

  /** A frame came that a user has caused. */
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

  /** What the frames of presence do. They are answered by frames of `presence` alone. */
  readonly handlers = {
    'presence.watch': async (raw: RawFrame, connection: Connection): Promise<undefined> => {
      const { userIds } = clientFrames['presence.watch'].parse(raw);
      const watcher = this.#watchers.get(connection);
      if (watcher) await this.#presence.watch(watcher, userIds);
    },
    'presence.unwatch': async (raw: RawFrame, connection: Connection): Promise<undefined> => {
      const { userIds } = clientFrames['presence.unwatch'].parse(raw);
      const watcher = this.#watchers.get(connection);
      if (watcher) this.#presence.unwatch(watcher, userIds);
    },
  };
}
