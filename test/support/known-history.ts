/** The whole message, as a client keeps it. */
export interface KnownMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly seq: number;
  readonly sentAt: string;
  readonly mentions: readonly string[];
  readonly deletedAt: string | null;
  readonly position: string;
}

/** The messages of one conversation that a client keeps, by their ordinals: these show where something is missing. */
export class KnownHistory {
  readonly #bySeq = new Map<number, KnownMessage>();

  /** Of two forms of a message the one with the later change stays. */
  take(message: KnownMessage): void {
    const known = this.#bySeq.get(message.seq);
    if (!known || BigInt(message.position) >= BigInt(known.position)) this.#bySeq.set(message.seq, message);
  }

  /** The messages, the oldest first. */
  get messages(): KnownMessage[] {
    return [...this.#bySeq.values()].sort((one, other) => one.seq - other.seq);
  }

  /** The ordinals that are missing up to one. */
  missingUpTo(lastSeq: number): number[] {
    return Array.from({ length: lastSeq }, (_, index) => index + 1).filter((seq) => !this.#bySeq.has(seq));
  }
}
