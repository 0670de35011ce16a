import type { UserId } from '../../domain/kernel/ids.js';
import type { Presence } from './presence.js';

/** What one socket knows of one user whom it watches. */
export interface Watched {
  /** Unknown until the first answer comes. */
  isVisible: boolean | undefined;
  shown: Presence | undefined;
  /** The number of times that it was asked whether the user may be seen: only the last answer counts. */
  asked: number;
}

/** A socket, its user, and the users whom it watches. */
export interface Watcher<Socket> {
  readonly viewer: UserId;
  readonly socket: Socket;
  readonly watched: Map<UserId, Watched>;
}

/** A socket watches more users than it may. */
export class TooManyWatchedError extends Error {
  override readonly name = 'TooManyWatchedError';

  constructor(most: number) {
    super(`at most ${most} users are watched by a socket`);
  }
}

/** Adds a value to the set under a key. */
const put = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
};

const take = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  if (set?.delete(value) && set.size === 0) sets.delete(key);
};

/** Knows which sockets of this node watch whom. */
export class Watches<Socket> {
  readonly #most: number;
  readonly #byUser = new Map<UserId, Set<Watcher<Socket>>>();
  readonly #byViewer = new Map<UserId, Set<Watcher<Socket>>>();

  constructor(most: number) {
    this.#most = most;
  }

  open(viewer: UserId, socket: Socket): Watcher<Socket> {
    const watcher: Watcher<Socket> = { viewer, socket, watched: new Map() };
    put(this.#byViewer, viewer, watcher);
    return watcher;
  }

  /** Watches users. Those who are watched already are shown once more. Raises `TooManyWatchedError`, and changes nothing then. */
  add(watcher: Watcher<Socket>, users: readonly UserId[]): void {
    const { watched } = watcher;
    const added = users.filter((userId) => !watched.has(userId)).length;
    if (watched.size + added > this.#most) throw new TooManyWatchedError(this.#most);
    for (const userId of users) {
      const known = watched.get(userId);
      if (known) known.shown = undefined;
      else {
        watched.set(userId, { isVisible: undefined, shown: undefined, asked: 0 });
        put(this.#byUser, userId, watcher);
      }
    }
  }

  remove(watcher: Watcher<Socket>, users: readonly UserId[]): void {
    for (const userId of users) if (watcher.watched.delete(userId)) take(this.#byUser, userId, watcher);
  }

  close(watcher: Watcher<Socket>): void {
    this.remove(watcher, [...watcher.watched.keys()]);
    take(this.#byViewer, watcher.viewer, watcher);
  }

  /** Answers the sockets that watch a user. */
  of(userId: UserId): Watcher<Socket>[] {
    return [...(this.#byUser.get(userId) ?? [])];
  }

  /** Answers the sockets of a user that may watch another one. */
  by(viewer: UserId): Watcher<Socket>[] {
    return [...(this.#byViewer.get(viewer) ?? [])];
  }
}
