/** A frame that has a place in the order of the log. */
export interface PushedFrame {
  readonly type: string;
  readonly position: string;
  readonly message: {
    readonly messageId: string;
    readonly conversationId: string;
    readonly seq: number;
    readonly position: string;
  };
}

/** What a client is told of the reading of others in one conversation, or of its own. */
export interface ReadingFrame {
  readonly type: string;
  readonly conversationId: string;
  readonly userId?: string;
  readonly messageId?: string;
  readonly receipts?: readonly { readonly userId: string; readonly readMessageId?: string }[];
}

/** The frames that one client was sent, by position. Repeats are dropped, as the documentation says. */
export class FrameRecord {
  readonly faults: string[] = [];
  /** The positions of the messages of which frames have told. */
  readonly positions = new Set<string>();
  /** The messages up to which somebody has read, as the client was told, by conversation and user. */
  readonly reads = new Map<string, Set<string>>();
  readonly #lastSeqs = new Map<string, number>();
  #position: bigint;
  #lastOfConnection = -1n;
  #resyncs = 0;

  constructor(position: string) {
    this.#position = BigInt(position);
  }

  get size(): number {
    return this.positions.size;
  }

  /** Says whether something was fetched from the history, which holds messages and no reads. */
  get hasResynced(): boolean {
    return this.#resyncs > 0;
  }

  fault(text: string): void {
    this.faults.push(text);
  }

  reconnected(): void {
    this.#lastOfConnection = -1n;
  }

  take(frame: PushedFrame): void {
    const position = BigInt(frame.position);
    if (position <= this.#lastOfConnection)
      this.fault(`${frame.type} at ${position} came behind ${this.#lastOfConnection} on one connection`);
    this.#lastOfConnection = position;
    if (position <= this.#position) return;
    this.#position = position;
    if (frame.type === 'message.sent') this.#follow(frame.message);
    if (frame.type === 'message.sent') this.positions.add(frame.position);
  }

  /** Takes in reading. It is of use in any order, and as often as it comes. */
  takeReading({ conversationId, userId = '', messageId, receipts }: ReadingFrame): void {
    for (const each of receipts ?? [{ userId, readMessageId: messageId }]) {
      const reader = `${conversationId} ${each.userId}`;
      if (each.readMessageId !== undefined)
        this.reads.set(reader, (this.reads.get(reader) ?? new Set()).add(each.readMessageId));
    }
  }

  /** Notes that the client fetches what is behind, which it does by itself. */
  resynced(position: string): void {
    this.#resyncs += 1;
    this.#position = BigInt(position);
    this.#lastSeqs.clear();
  }

  #follow({ conversationId, seq }: PushedFrame['message']): void {
    const last = this.#lastSeqs.get(conversationId);
    if (last !== undefined && seq !== last + 1) this.fault(`message ${seq} of ${conversationId} came behind ${last}`);
    this.#lastSeqs.set(conversationId, seq);
  }
}
