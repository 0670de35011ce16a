import type { TypingFrame } from '../wire.js';

/** The time that somebody is shown as typing, unless it is said again. */
const SHOWN_MS = 6_000;

/** Who is typing where. */
export class Typing {
  readonly #until = new Map<string, Map<string, number>>();

  /** Notes that a user types, or has stopped. */
  note({ conversationId, userId, active }: TypingFrame, now: number): void {
    const users = this.#until.get(conversationId) ?? new Map<string, number>();
    if (active) users.set(userId, now + SHOWN_MS);
    else users.delete(userId);
    this.#until.set(conversationId, users);
  }

  /** Answers who is typing in a conversation. */
  in(conversationId: string, now: number): string[] {
    const users = this.#until.get(conversationId);
    return users ? [...users].filter(([, until]) => until > now).map(([userId]) => userId) : [];
  }

  /** Removes those whose time is over, answers the conversations in which somebody was, and when the next is over. */
  expire(now: number): { readonly conversationIds: readonly string[]; readonly next: number | undefined } {
    const conversationIds: string[] = [];
    let next: number | undefined;
    for (const [conversationId, users] of this.#until) {
      const before = users.size;
      for (const [userId, until] of users) {
        if (until <= now) users.delete(userId);
        else next = Math.min(next ?? until, until);
      }
      if (users.size < before) conversationIds.push(conversationId);
      if (users.size === 0) this.#until.delete(conversationId);
    }
    return { conversationIds, next };
  }
}
