import type { ConversationId, UserId } from '../../domain/kernel/ids.js';

const NOBODY: ReadonlySet<UserId> = new Set();

/** Knows who is in which conversation, of the users that are connected here. */
export class Audience {
  readonly #users = new Map<ConversationId, Set<UserId>>();
  readonly #conversations = new Map<UserId, Set<ConversationId>>();
  readonly #withoutReceipts = new Set<UserId>();

  /** Follows a user: from now on their memberships are kept. */
  follow(userId: UserId): void {
    if (!this.#conversations.has(userId)) this.#conversations.set(userId, new Set());
  }

  isFollowed(userId: UserId): boolean {
    return this.#conversations.has(userId);
  }

  /** Adds a member. Users who are not followed are left out. */
  add(conversationId: ConversationId, userId: UserId): void {
    const conversations = this.#conversations.get(userId);
    if (!conversations) return;
    conversations.add(conversationId);
    const users = this.#users.get(conversationId) ?? new Set();
    this.#users.set(conversationId, users.add(userId));
  }

  remove(conversationId: ConversationId, userId: UserId): void {
    this.#conversations.get(userId)?.delete(conversationId);
    const users = this.#users.get(conversationId);
    users?.delete(userId);
    if (users?.size === 0) this.#users.delete(conversationId);
  }

  /** Sets whether a user is shown what others read. Users who are not followed are left out. */
  setReceipts(userId: UserId, shown: boolean): void {
    if (shown || !this.#conversations.has(userId)) this.#withoutReceipts.delete(userId);
    else this.#withoutReceipts.add(userId);
  }

  seesReceipts(userId: UserId): boolean {
    return !this.#withoutReceipts.has(userId);
  }

  unfollow(userId: UserId): void {
    for (const conversationId of this.#conversations.get(userId) ?? []) this.remove(conversationId, userId);
    this.#conversations.delete(userId);
    this.#withoutReceipts.delete(userId);
  }

  of(conversationId: ConversationId): ReadonlySet<UserId> {
    return this.#users.get(conversationId) ?? NOBODY;
  }
}
