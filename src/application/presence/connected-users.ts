import type { UserId } from '../../domain/kernel/ids.js';
import type { PresenceLimits, Report } from './presence.js';

interface User {
  sockets: number;
  status: 'online' | 'away';
  /** When a frame last came; when they left, for those who were online then. */
  seenAt: number;
  leftAt: number;
}

const reportOf = (userId: UserId, { status, seenAt }: User): Report => ({ userId, status, seenAt });

/** Who is connected to this node. What changes is answered as reports; what only time changes, by `due`. */
export class ConnectedUsers {
  readonly #limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>;
  readonly #users = new Map<UserId, User>();

  constructor(limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>) {
    this.#limits = limits;
  }

  /** Another socket of a user. */
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

  /** A frame came. */
  active(userId: UserId, now: number): Report[] {
    const user = this.#users.get(userId);
    if (!user) return [];
    user.seenAt = now;
    if (user.status === 'online') return [];
    user.status = 'online';
    return [reportOf(userId, user)];
  }

  /** One socket fewer: nothing to tell before the grace is over. */
  disconnected(userId: UserId, now: number): void {
    const user = this.#users.get(userId);
    if (!user) return;
    user.sockets -= 1;
    if (user.sockets > 0) return;
    user.leftAt = now;
    if (user.status === 'online') user.seenAt = now;
  }

  /** Who is gone for good, and who has fallen silent. */
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
