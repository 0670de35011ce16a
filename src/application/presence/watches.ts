import type { UserId } from '../../domain/kernel/ids.js';
import type { Presence } from './presence.js';

/** One socket's eye on one person. */
export interface Watched {
  /** Unknown until the first answer is there. */
  isVisible: boolean | undefined;
  shown: Presence | undefined;
  /** Counts how often it was asked whether they may be seen: only the last answer holds. */
  asked: number;
}

/** A socket, whose it is, and whom it watches. */
export interface Watcher<Socket> {
  readonly viewer: UserId;
  readonly socket: Socket;
  readonly watched: Map<UserId, Watched>;
}

/** A socket watches more people than it may. */
export class TooManyWatchedError extends Error {
  override readonly name = 'TooManyWatchedError';

  constructor(most: number) {
    super(`at most ${most} people are watched by a socket`);
  }
}

/** Puts a value into the set under a key. */
const put = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
};

const take = <Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void => {
  const set = sets.get(key);
  if (set?.delete(value) && set.size === 0) sets.delete(key);
};

/** Which sockets of this node watch whom. */
export class Watches<Socket> {
  readonly #most: number;
  readonly #byPerson = new Map<UserId, Set<Watcher<Socket>>>();
  readonly #byViewer = new Map<UserId, Set<Watcher<Socket>>>();

  constructor(most: number) {
    this.#most = most;
  }

  open(viewer: UserId, socket: Socket): Watcher<Socket> {
    const watcher: Watcher<Socket> = { viewer, socket, watched: new Map() };
    put(this.#byViewer, viewer, watcher);
    return watcher;
  }

  /** Those who are watched already are shown once more. Raises `TooManyWatchedError`, and changes nothing then. */
  add(watcher: Watcher<Socket>, people: readonly UserId[]): void {
    const { watched } = watcher;
    const added = people.filter((userId) => !watched.has(userId)).length;
    if (watched.size + added > this.#most) throw new TooManyWatchedError(this.#most);
    for (const userId of people) {
      const known = watched.get(userId);
      if (known) known.shown = undefined;
      else {
        watched.set(userId, { isVisible: undefined, shown: undefined, asked: 0 });
        put(this.#byPerson, userId, watcher);
      }
    }
  }

  remove(watcher: Watcher<Socket>, people: readonly UserId[]): void {
    for (const userId of people) if (watcher.watched.delete(userId)) take(this.#byPerson, userId, watcher);
  }

  close(watcher: Watcher<Socket>): void {
    this.remove(watcher, [...watcher.watched.keys()]);
    take(this.#byViewer, watcher.viewer, watcher);
  }

  /** The sockets that watch a person. */
  of(userId: UserId): Watcher<Socket>[] {
    return [...(this.#byPerson.get(userId) ?? [])];
  }

  /** The sockets of a person that may watch somebody. */
  by(viewer: UserId): Watcher<Socket>[] {
    return [...(this.#byViewer.get(viewer) ?? [])];
  }
}
