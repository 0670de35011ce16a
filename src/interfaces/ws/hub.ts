import { BoundedCache } from '../../application/kernel/bounded-cache.js';
import type { AccessClaims } from '../../application/ports/access-tokens.js';
import { Audience } from '../../application/push/audience.js';
import { ErasedUsers } from '../../application/push/erased-users.js';
import type { Position, SessionId, UserId } from '../../domain/kernel/ids.js';
import { laterOf, LOG_START } from '../../domain/kernel/position.js';
import type { Connection } from './connection.js';
import { ReceiptCollector, type Later } from './receipt-collector.js';
import type { SharedFrame } from './shared-frame.js';

type SessionOfUser = Pick<AccessClaims, 'userId' | 'sessionId'>;

const NONE: ReadonlySet<Connection> = new Set();
/** This is more sessions than lose their sockets within the time that a read model takes. */
const MOST_SESSIONS = 10_000;

/** The sockets of this node, by user, the conversations that their users follow, and who was erased lately. */
export class Hub {
  readonly audience = new Audience();
  readonly erased = new ErasedUsers();
  readonly receipts: ReceiptCollector;
  readonly #byUser = new Map<UserId, Set<Connection>>();
  readonly #all = new Set<Connection>();
  /** The last frames that were pushed to sessions whose sockets are gone. */
  readonly #gone = new BoundedCache<SessionId, Position>({ most: MOST_SESSIONS, weightOf: () => 1 });

  constructor(later?: Later, now?: () => number) {
    this.receipts = new ReceiptCollector({
      audience: this.audience,
      send: (userId, frame, position, shows) => {
        for (const connection of this.of(userId)) connection.push(frame, position, shows);
      },
      later,
      now,
    });
  }

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
    const { claims } = connection;
    if (claims) this.#gone.set(claims.sessionId, this.pushedTo(claims));
    const userId = claims?.userId;
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

  /** Answers the position of the last frame that was pushed to a session, `LOG_START` before the first. */
  pushedTo({ userId, sessionId }: SessionOfUser): Position {
    const own = [...this.of(userId)].filter(({ claims }) => claims?.sessionId === sessionId);
    return own.reduce((last, { pushed }) => laterOf(last, pushed), this.#gone.get(sessionId) ?? LOG_START);
  }

  /** Sends one frame to every socket of a user. */
  send(userId: UserId, frame: SharedFrame, position: Position | undefined): void {
    for (const connection of this.of(userId)) {
      const { claims } = connection;
      if (claims) connection.push(typeof frame === 'function' ? frame(claims) : frame, position);
    }
  }
}
