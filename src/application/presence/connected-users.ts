import type { UserId } from '../../domain/kernel/ids.js';
import type { PresenceLimits, Report } from './presence.js';

interface User {
  sockets: number;
  status: 'online' | 'away';
  /** The time of the last frame, or, for a user who was online when they left, of their leaving. */
  seenAt: number;
  leftAt: number;
}

const reportOf = (userId: UserId, { status, seenAt }: User): Report => ({ userId, status, seenAt });

/** Knows who is connected to this node. A change is answered as reports. What time alone changes is answered by `due`. */
export class ConnectedUsers {
  readonly #limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>;
  readonly #users = new Map<UserId, User>();

  constructor(limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>) {
    this.#limits = limits;
  }

  /** Adds a socket of a user. */
  connected(userId: UserId, now: number): Report[] {
    const user = this.#users.get(userId);
    if (!user) {
      const added: User = { sockets: 1, status: 'online', seenAt: now, leftAt: now };
      this.#users.set(userId, added);
      return [reportOf(userId, added)];
    }
    user.sockets += 1;
    return this.active(userId, now);
  }

  /** Notes a frame of a user. */
  active(userId: UserId, now: number): Report[] {
    const user = this.#users.get(userId);
    if (!user) return [];
    user.seenAt = now;
    if (user.status === 'online') return [];
    user.status = 'online';
    return [reportOf(userId, user)];
  }

  /** Removes a socket. Nothing is reported before the grace period is over. */
  disconnected(userId: UserId, now: number): void {
    const user = this.#users.get(userId);
    if (!user) return;
    user.sockets -= 1;
    if (user.sockets > 0) return;
    user.leftAt = now;
    if (user.status === 'online') user.seenAt = now;
  }

  /** Reports who is gone for good, and who has become inactive. */
  due(now: number): Report[] {
    const { graceMs, awayAfterMs } = this.#limits;
    const reports: Report[] = [];
    for (const [userId, user] of this.#users) {
      if (user.sockets === 0 && now - user.leftAt >= graceMs) {
        this.#users.delete(userId);
        reports.push({ userId, status: 'offline', seenAt: user.seenAt });
      } else if (user.status === 'online' && now - user.seenAt >= awayAfterMs) {
        user.status = 'away';
        reports.push(reportOf(userId, user));
      }
    }
    return reports;
  }

  all(): Report[] {
    return [...this.#users].map(([userId, user]) => reportOf(userId, user));
  }
}
