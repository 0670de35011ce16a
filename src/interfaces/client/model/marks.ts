/** How far a user has come in a conversation. */
export interface Mark {
  readonly messageId: string;
  readonly seq: number;
  readonly at: string;
}

const NONE: ReadonlyMap<string, Mark> = new Map();

/** How far each user has come in each conversation: marks only move forward, in whatever order they come. */
export class Marks {
  readonly #byConversation = new Map<string, ReadonlyMap<string, Mark>>();

  /** Answers the marks of a conversation, by user; the same map until one moves. */
  of(conversationId: string): ReadonlyMap<string, Mark> {
    return this.#byConversation.get(conversationId) ?? NONE;
  }

  move(conversationId: string, userId: string, mark: Mark): void {
    const marks = this.of(conversationId);
    if (mark.seq > (marks.get(userId)?.seq ?? 0))
      this.#byConversation.set(conversationId, new Map([...marks, [userId, mark]]));
  }

  forget(conversationId: string): void {
    this.#byConversation.delete(conversationId);
  }
}
