import type { SessionClaims } from '../../application/ports/access-tokens.js';
import type { EndedEpoch } from '../../application/ports/ended-sessions.js';
import type { SessionDenylist } from '../../application/ports/session-denylist.js';
import type { SessionId, UserId } from '../../domain/kernel/ids.js';

type Listener = (userId: UserId | null, sessionId: SessionId | null) => void;

/** Keeps ended sessions in memory for as long as one of their access tokens, or links, could be valid. */
export class MemorySessionDenylist implements SessionDenylist {
  readonly #keepMs: number;
  readonly #now: () => number;
  readonly #sessions = new Map<SessionId, number>();
  readonly #epochs = new Map<UserId, Omit<EndedEpoch, 'userId'> & { readonly until: number }>();
  readonly #listeners = new Set<Listener>();

  constructor(keepSeconds: number, now: () => number = Date.now) {
    this.#keepMs = keepSeconds * 1_000;
    this.#now = now;
  }

  allows({ userId, sessionId, epoch }: SessionClaims): boolean {
    if (this.#sessions.has(sessionId)) return false;
    const ended = this.#epochs.get(userId);
    return ended === undefined || epoch >= ended.epoch || sessionId === ended.exceptSessionId;
  }

  sessionEnded(sessionId: SessionId): void {
    this.#forget();
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, this.#now() + this.#keepMs);
    this.#notify(null, sessionId);
  }

  sessionsEnded(userId: UserId, epoch: number, exceptSessionId: SessionId | null): void {
    this.#forget();
    if ((this.#epochs.get(userId)?.epoch ?? 0) >= epoch) return;
    this.#epochs.delete(userId);
    this.#epochs.set(userId, { epoch, exceptSessionId, until: this.#now() + this.#keepMs });
    this.#notify(userId, null);
  }

  onEnd(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #notify(userId: UserId | null, sessionId: SessionId | null): void {
    for (const listener of this.#listeners) listener(userId, sessionId);
  }

  /** Both maps are in the order in which the sessions ended: only the oldest can be forgotten. */
  #forget(): void {
    const now = this.#now();
    for (const [sessionId, until] of this.#sessions) {
      if (until > now) break;
      this.#sessions.delete(sessionId);
    }
    for (const [userId, { until }] of this.#epochs) {
      if (until > now) break;
      this.#epochs.delete(userId);
    }
  }
}
