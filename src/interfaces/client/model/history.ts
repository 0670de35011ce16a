import type { Message } from '../wire.js';
import { isAfter } from './positions.js';

/** Messages that are missing between those that are known, by their ordinals, both included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** The known messages of one conversation. Ordinals have no hole, so that they tell which messages are missing. */
export class History {
  readonly #bySeq = new Map<number, Message>();
  /** The messages that are known to be deleted, whether or not they are kept. A deletion is never taken back. */
  readonly #deleted = new Set<string>();
  /** The ordinals of known replies, by the message that they reply to. */
  readonly #replies = new Map<string, Set<number>>();
  #sorted: readonly Message[] | undefined;

  /** Takes messages in; of two forms of one message the later stays. Says whether anything is new. */
  know(messages: readonly Message[]): boolean {
    let isNews = this.learnDeleted(messages);
    for (const message of messages) {
      const known = this.#bySeq.get(message.seq);
      if (known && isAfter(known.position, message.position)) continue;
      this.#keep(this.shown(message));
      isNews = true;
    }
    return isNews;
  }

  /**
   * Notes which messages are deleted, by their own forms or those of replies to them, and marks the replies that are known.
   * Says whether any was marked.
   */
  learnDeleted(messages: readonly Message[]): boolean {
    let isNews = false;
    for (const { messageId, deletedAt, replyTo, replyToDeleted } of messages) {
      const deleted = [...(deletedAt === null ? [] : [messageId]), ...(replyTo && replyToDeleted ? [replyTo] : [])];
      for (const each of deleted) isNews = this.#delete(each) || isNews;
    }
    return isNews;
  }

  #delete(messageId: string): boolean {
    if (this.#deleted.has(messageId)) return false;
    this.#deleted.add(messageId);
    const replies = [...(this.#replies.get(messageId) ?? [])].flatMap((seq) => this.#bySeq.get(seq) ?? []);
    for (const reply of replies) this.#keep(this.shown(reply));
    return replies.length > 0;
  }

  #keep(message: Message): void {
    const { seq, replyTo } = message;
    this.#bySeq.set(seq, message);
    this.#sorted = undefined;
    if (replyTo !== null) this.#replies.set(replyTo, (this.#replies.get(replyTo) ?? new Set()).add(seq));
  }

  /** Answers a message with a mark where the one that it replies to is known to be deleted: the form may be from before. */
  shown(message: Message): Message {
    const { replyTo, replyToDeleted } = message;
    if (replyTo === null || replyToDeleted || !this.#deleted.has(replyTo)) return message;
    return { ...message, replyToDeleted: true };
  }

  /** Drops the messages behind this ordinal: they may have changed. */
  forgetAfter(seq: number): void {
    for (const known of this.#bySeq.keys()) if (known > seq) this.#bySeq.delete(known);
    this.#sorted = undefined;
  }

  at(seq: number): Message | undefined {
    return this.#bySeq.get(seq);
  }

  /** The known messages, the oldest first; the same array until something changes. */
  get messages(): readonly Message[] {
    return (this.#sorted ??= [...this.#bySeq.values()].sort((one, other) => one.seq - other.seq));
  }

  /** Answers which messages of the first `last` are missing, the oldest first. */
  gapsUpTo(last: number): Gap[] {
    const gaps: Gap[] = [];
    let next = 1;
    for (const { seq } of this.messages) {
      if (seq > next) gaps.push({ from: next, to: seq - 1 });
      next = seq + 1;
    }
    if (next <= last) gaps.push({ from: next, to: last });
    return gaps;
  }

  /** Answers the messages after one ordinal up to another; undefined when not all of them are known. */
  between(after: number, upTo: number): Message[] | undefined {
    const found: Message[] = [];
    for (let seq = upTo; seq > after; seq -= 1) {
      const message = this.#bySeq.get(seq);
      if (!message) return undefined;
      found.push(message);
    }
    return found;
  }
}
