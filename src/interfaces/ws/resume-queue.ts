import type { UserId } from '../../domain/kernel/ids.js';
import type { Connection } from './connection.js';

/** The part of a socket that the queue knows: it does not wait for a socket that is gone. */
type Waiting = Pick<Connection, 'onGone'>;

export interface ResumeLimits {
  /** The most resumes that may be under way on this node. */
  readonly atOnce: number;
  readonly longestWaitMs: number;
}

/**
 * Each takes one of the 20 database connections and much of a core while it goes on. Decision 10 says what was measured.
 * The wait is long, as a client that is refused connects again and waits anew, and may read everything else meanwhile.
 */
export const RESUME_LIMITS: ResumeLimits = { atOnce: 2, longestWaitMs: 30_000 };

/**
 * Lets few resumes be under way at a time, and one of each user: a resume may read thousands of messages, and requests
 * and live frames need the same connections. The users take turns, so that a user who resumes on many sockets, again
 * and again, does not hold up the resumes of others.
 */
export class ResumeQueue {
  readonly #limits: ResumeLimits;
  readonly #underWay = new Set<UserId>();
  /** The users who wait, in the order of their turns. Each has what admits its sockets, the oldest first. */
  readonly #waiting = new Map<UserId, Set<() => void>>();

  constructor(limits: ResumeLimits) {
    this.#limits = limits;
  }

  /** Resumes when the turn comes. Answers undefined for a socket that was gone before, or that has waited too long. */
  async run<Result>(socket: Waiting, userId: UserId, resume: () => Promise<Result>): Promise<Result | undefined> {
    if (!(await this.#isAdmitted(socket, userId))) return undefined;
    try {
      return await resume();
    } finally {
      this.#underWay.delete(userId);
      this.#admitNext();
    }
  }

  #isAdmitted(socket: Waiting, userId: UserId): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isAdmitted: boolean): void => {
        clearTimeout(timer);
        this.#remove(userId, admit);
        resolve(isAdmitted);
      };
      const admit = (): void => end(true);
      const timer = setTimeout(end, this.#limits.longestWaitMs, false);
      socket.onGone = () => end(false);
      this.#waiting.set(userId, (this.#waiting.get(userId) ?? new Set()).add(admit));
      this.#admitNext();
    });
  }

  #remove(userId: UserId, admit: () => void): void {
    const sockets = this.#waiting.get(userId);
    sockets?.delete(admit);
    if (sockets?.size === 0) this.#waiting.delete(userId);
  }

  /** A user who is admitted gets the next turn after all others who wait. */
  #admitNext(): void {
    if (this.#underWay.size >= this.#limits.atOnce) return;
    for (const [userId, sockets] of this.#waiting) {
      if (this.#underWay.has(userId)) continue;
      const [admit] = sockets;
      this.#underWay.add(userId);
      this.#waiting.delete(userId);
      this.#waiting.set(userId, sockets);
      admit?.();
      return;
    }
  }
}
