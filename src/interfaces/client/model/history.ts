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
  #sorted: readonly Message[] | undefined;

  /** Takes messages in; of two forms of one message the later stays. Says whether anything is new. */
  know(messages: readonly Message[]): boolean {
    let isNews = false;
    for (const message of messages) {
      const known = this.#bySeq.get(message.seq);
      if (known && isAfter(known.position, message.position)) continue;
      this.#bySeq.set(message.seq, message);
      isNews = true;
    }
    if (isNews) this.#sorted = undefined;
    return isNews;
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
