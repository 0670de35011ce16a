import { ChatModel } from '../../src/interfaces/client/model/chat-model.js';
import type { Frame } from '../../src/interfaces/client/wire.js';
import type { KnownConversation } from './known-conversation.js';
import type { KnownMessage } from './known-history.js';

/** A client shows the readers of this many own messages of a conversation. */
const WITH_READERS = 3;

/** The model of the client library, as the tests ask it: conversations in the order of their ids. */
export class ClientModel {
  readonly #model: ChatModel;
  /** The conversations of which every message is known since the first. */
  readonly #whole = new Set<string>();
  readonly #withReceipts = new Set<string>();

  constructor(me: string, snapshot: readonly KnownConversation[] = []) {
    this.#model = new ChatModel(me);
    this.#model.reset(snapshot);
  }

  get userId(): string {
    return this.#model.me;
  }

  /** Takes a new snapshot of the list: conversations that are not in it are forgotten. */
  knowConversations(snapshot: readonly KnownConversation[]): void {
    this.#model.reset(snapshot);
    this.#forgetGone();
  }

  /** Takes in messages of histories or frames. */
  know(messages: readonly KnownMessage[]): void {
    for (const message of messages) this.#model.know(message.conversationId, [message]);
  }

  /** Takes in the newer forms of messages that it knows. */
  knowChanges(conversationId: string, messages: readonly KnownMessage[]): void {
    this.#model.knowChanges(conversationId, messages);
  }

  /** Takes in all messages of a conversation. */
  knowWhole(conversationId: string, messages: readonly KnownMessage[]): void {
    this.#model.know(conversationId, messages);
    this.#whole.add(conversationId);
  }

  /** Says whether a history was fetched; frames have kept it current since. */
  keepsHistory(conversationId: string): boolean {
    return this.#whole.has(conversationId);
  }

  /** Answers the ordinals of messages that a client does not know, though it keeps the whole history. */
  missingIn({ conversationId }: KnownConversation): number[] {
    if (!this.keepsHistory(conversationId)) return [];
    return this.#model
      .gaps(conversationId)
      .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
  }

  /** Takes in the pinned messages of a conversation. */
  knowPins(conversationId: string, messageIds: readonly string[]): void {
    this.#model.knowPins(conversationId, messageIds);
  }

  /** Answers the pinned messages of a conversation if they were fetched; frames have kept them current since. */
  pinsOf(conversationId: string): readonly string[] | undefined {
    return this.#model.pins(conversationId)?.toSorted();
  }

  /** Answers the known messages of a conversation, the oldest first. */
  messagesOf(conversationId: string): KnownMessage[] {
    return [...this.#model.messages(conversationId)];
  }

  /** Answers the newest own messages of a conversation, of which the client shows who has read them. */
  newestOwnOf(conversationId: string): KnownMessage[] {
    return this.messagesOf(conversationId)
      .filter(({ senderId }) => senderId === this.userId)
      .slice(-WITH_READERS);
  }

  /** Takes in how far the members of a conversation have read, as far as receipts of its newest messages say. */
  knowReceipts(conversationId: string, marks: readonly (readonly [userId: string, readSeq: number])[]): void {
    this.#withReceipts.add(conversationId);
    for (const [userId, seq] of marks) this.#model.knowRead(conversationId, userId, { messageId: '', seq, at: '' });
  }

  /** Takes in that messages have come to a user up to an ordinal. */
  knowDelivered(conversationId: string, userId: string, seq: number): void {
    this.#model.knowDelivered(conversationId, userId, { messageId: '', seq, at: '' });
  }

  /** Answers the ordinal up to which messages have come to a user: what they have read has come. */
  deliveredUpTo(conversationId: string, userId: string): number {
    const delivered = this.#model.deliveries(conversationId).get(userId)?.seq ?? 0;
    return Math.max(delivered, this.readUpTo(conversationId, userId));
  }

  /** Says whether the receipts of a conversation were fetched; frames have kept them current since. */
  knowsReceipts(conversationId: string): boolean {
    return this.#withReceipts.has(conversationId);
  }

  /** Answers the ordinal up to which a user has read, as far as frames and receipts have said. */
  readUpTo(conversationId: string, userId: string): number {
    return this.#model.reads(conversationId).get(userId)?.seq ?? 0;
  }

  /** Says whether a user has read a message: they have said so, or have sent one behind it. */
  isReadBy({ conversationId, seq }: KnownMessage, userId: string): boolean {
    const answered = this.messagesOf(conversationId).findLast(({ senderId }) => senderId === userId)?.seq ?? 0;
    return Math.max(answered, this.readUpTo(conversationId, userId)) >= seq;
  }

  get conversations(): KnownConversation[] {
    return this.#model.inbox.sort((one, other) => one.conversationId.localeCompare(other.conversationId));
  }

  apply(frame: Frame): void {
    this.#model.fold(frame, 0);
    this.#forgetGone();
  }

  /** Forgets a conversation that the user is in no more. */
  forget(conversationId: string): void {
    this.#model.forget(conversationId);
    this.#forgetGone();
  }

  #forgetGone(): void {
    for (const known of [this.#whole, this.#withReceipts])
      for (const each of known) if (!this.#model.conversation(each)) known.delete(each);
  }
}
