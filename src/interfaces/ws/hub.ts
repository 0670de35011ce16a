import { Audience } from '../../application/push/audience.js';
import type { Position, SessionId, UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';

const NONE: ReadonlySet<Connection> = new Set();

/** The sockets of this node, by user, and the conversations that their users follow. */
export class Hub {
  readonly audience = new Audience();
  readonly #byUser = new Map<UserId, Set<Connection>>();
  readonly #all = new Set<Connection>();

  get all(): ReadonlySet<Connection> {
    return this.#all;
  }

  /** Adds a socket whose user is not known yet. */
  open(connection: Connection): void {
    this.#all.add(connection);
  }

  /** From now on the socket gets the frames that its user may see. */
  attach(connection: Connection, userId: UserId): void {
    this.audience.follow(userId);
    const connections = this.#byUser.get(userId) ?? new Set();
    this.#byUser.set(userId, connections.add(connection));
  }

  forget(connection: Connection): void {
    this.#all.delete(connection);
    const userId = connection.claims?.userId;
    const connections = userId && this.#byUser.get(userId);
    if (!userId || !connections?.delete(connection) || connections.size > 0) return;
    this.#byUser.delete(userId);
    this.audience.unfollow(userId);
  }

  of(userId: UserId): ReadonlySet<Connection> {
    return this.#byUser.get(userId) ?? NONE;
  }

  /** The sockets of a session, or of a user. */
  concerned(userId: UserId | null, sessionId: SessionId | null): Connection[] {
    const candidates = userId === null ? [...this.#all] : [...this.of(userId)];
    return sessionId === null ? candidates : candidates.filter(({ claims }) => claims?.sessionId === sessionId);
  }

  /** Sends one frame to every socket of a user. */
  send(userId: UserId, frame: Buffer, position: Position | undefined): void {
    for (const connection of this.of(userId)) connection.push(frame, position);
  }
}
