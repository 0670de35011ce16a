import type { UserId } from '../../domain/kernel/ids.js';
import type { PresenceLimits, Report } from './presence.js';

interface Person {
  sockets: number;
  status: 'online' | 'away';
  /** When a frame last came; when they left, for those who were online then. */
  seenAt: number;
  leftAt: number;
}

const reportOf = (userId: UserId, { status, seenAt }: Person): Report => ({ userId, status, seenAt });

/** Who is connected to this node. What changes is answered as reports; what only time changes, by `due`. */
export class ConnectedPeople {
  readonly #limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>;
  readonly #people = new Map<UserId, Person>();

  constructor(limits: Pick<PresenceLimits, 'graceMs' | 'awayAfterMs'>) {
    this.#limits = limits;
  }

  /** Another socket of a person. */
  connected(userId: UserId, now: number): Report[] {
    const person = this.#people.get(userId);
    if (!person) {
      const added: Person = { sockets: 1, status: 'online', seenAt: now, leftAt: now };
      this.#people.set(userId, added);
      return [reportOf(userId, added)];
    }
    person.sockets += 1;
    return this.active(userId, now);
  }

  /** A frame came. */
  active(userId: UserId, now: number): Report[] {
    const person = this.#people.get(userId);
    if (!person) return [];
    person.seenAt = now;
    if (person.status === 'online') return [];
    person.status = 'online';
    return [reportOf(userId, person)];
  }

  /** One socket fewer: nothing to tell before the grace is over. */
  disconnected(userId: UserId, now: number): void {
    const person = this.#people.get(userId);
    if (!person) return;
    person.sockets -= 1;
    if (person.sockets > 0) return;
    person.leftAt = now;
    if (person.status === 'online') person.seenAt = now;
  }

  /** Who is gone for good, and who has fallen silent. */
  due(now: number): Report[] {
    const { graceMs, awayAfterMs } = this.#limits;
    const reports: Report[] = [];
    for (const [userId, person] of this.#people) {
      if (person.sockets === 0 && now - person.leftAt >= graceMs) {
        this.#people.delete(userId);
        reports.push({ userId, status: 'offline', seenAt: person.seenAt });
      } else if (person.status === 'online' && now - person.seenAt >= awayAfterMs) {
        person.status = 'away';
        reports.push(reportOf(userId, person));
      }
    }
    return reports;
  }

  all(): Report[] {
    return [...this.#people].map(([userId, person]) => reportOf(userId, person));
  }
}
