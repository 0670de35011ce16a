import type { ConversationId, MessageId, Position } from '../../domain/kernel/ids.js';
import { hasReached } from '../../domain/kernel/position.js';
import { BoundedCache } from '../kernel/bounded-cache.js';
import type { RecordedEvent } from '../ports/event-store.js';
import type { ProjectedMessages } from '../ports/projected-messages.js';

/** What is remembered at most, of a few hundred bytes each. */
const MOST = { conversations: 50_000, messages: 20_000 };
/** After this time a count begins anew with the read model, where a message that could not be projected is not counted. */
const RENEW_MS = 60_000;

/** A conversation's newest message, as far as the log was followed. */
interface Newest {
  readonly seq: number;
  readonly position: Position;
  readonly countedSince: number;
}

export interface MessageOrdinalsParts {
  readonly projected: ProjectedMessages;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  readonly most?: typeof MOST;
}

const cacheOf = <Key, Value>(most: number) => new BoundedCache<Key, Value>({ most, weightOf: () => 1 });

/**
 * The ordinals of messages. Once the read model has told the one of a conversation's newest message, those behind it are
 * counted as the projection counts them: in the order of the log, from one to the next. So a frame need not wait for it.
 */
export class MessageOrdinals implements ProjectedMessages {
  readonly #parts: MessageOrdinalsParts;
  readonly #newest: BoundedCache<ConversationId, Newest>;
  readonly #ordinals: BoundedCache<MessageId, number>;
  #isOutdated = false;
  /** The messages of the batch whose conversations are not counted yet. */
  readonly #uncounted = new Map<MessageId, { readonly conversationId: ConversationId; readonly position: Position }>();

  constructor(parts: MessageOrdinalsParts) {
    this.#parts = parts;
    const { conversations, messages } = parts.most ?? MOST;
    this.#newest = cacheOf(conversations);
    this.#ordinals = cacheOf(messages);
  }

  /**
   * Has everything read anew, from the next batch on: the read model may give other ordinals than were counted. The batch that
   * is being delivered keeps those with which it was let go.
   */
  forget(): void {
    this.#isOutdated = true;
  }

  /** Counts the messages of a batch. It follows on the one before, or is the same again. */
  count(events: readonly RecordedEvent[]): void {
    if (this.#isOutdated) this.#startAnew();
    this.#uncounted.clear();
    for (const event of events)
      if (event.type === 'MessageSent') this.#add(event.data.conversationId, event.data.messageId, event.position);
  }

  #startAnew(): void {
    this.#newest.clear();
    this.#ordinals.clear();
    this.#isOutdated = false;
  }

  #add(conversationId: ConversationId, messageId: MessageId, position: Position): void {
    const newest = this.#newest.get(conversationId);
    if (newest && hasReached(newest.position, position)) return; // it came before
    if (!newest || this.#parts.now() - newest.countedSince > RENEW_MS) {
      this.#newest.delete(conversationId);
      this.#uncounted.set(messageId, { conversationId, position });
      return;
    }
    const seq = newest.seq + 1;
    this.#newest.set(conversationId, { ...newest, seq, position });
    this.#ordinals.set(messageId, seq);
  }

  isKnown(messageId: MessageId): boolean {
    return this.#ordinals.get(messageId) !== undefined;
  }

  /** Answers ordinals; those that are not known from the read model, which must have reached the messages. */
  async sequences(messageIds: readonly MessageId[]): Promise<ReadonlyMap<MessageId, number>> {
    const found = new Map<MessageId, number>();
    const unknown: MessageId[] = [];
    for (const messageId of messageIds) {
      const seq = this.#ordinals.get(messageId);
      if (seq === undefined) unknown.push(messageId);
      else found.set(messageId, seq);
    }
    if (unknown.length === 0) return found;
    for (const [messageId, seq] of await this.#parts.projected.sequences(unknown)) {
      found.set(messageId, seq);
      this.#learn(messageId, seq);
    }
    return found;
  }

  #learn(messageId: MessageId, seq: number): void {
    this.#ordinals.set(messageId, seq);
    const uncounted = this.#uncounted.get(messageId);
    if (!uncounted) return;
    const { conversationId, position } = uncounted;
    const newest = this.#newest.get(conversationId);
    if (!newest || !hasReached(newest.position, position))
      this.#newest.set(conversationId, { seq, position, countedSince: this.#parts.now() });
  }
}
