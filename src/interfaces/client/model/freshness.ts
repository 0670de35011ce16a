/** Which conversations have to be asked for again, and whether an answer is older than what frames have said since. */
export class Freshness {
  readonly uncertain = new Set<string>();
  readonly #revisions = new Map<string, number>();

  /** Answers a number that grows with each change of a conversation. */
  revisionOf(conversationId: string): number {
    return this.#revisions.get(conversationId) ?? 0;
  }

  /** Notes that whatever is being asked for of a conversation may be older than a frame. */
  overtaken(conversationId: string): void {
    this.#revisions.set(conversationId, this.revisionOf(conversationId) + 1);
  }

  /** Notes that frames alone do not tell enough of a conversation. */
  doubt(conversationId: string): void {
    this.uncertain.add(conversationId);
  }

  settle(conversationId: string): void {
    this.uncertain.delete(conversationId);
  }
}
