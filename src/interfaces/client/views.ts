import type { Mark } from './model/marks.js';
import type { PresenceMark } from './model/others.js';
import type { Gap } from './model/history.js';
import { Memo } from './memo.js';
import type { Command, OutgoingMessage } from './outbox/command.js';
import { callBack, Subscriptions } from './subscriptions.js';
import type { Topic } from './topics.js';
import type { UserChat } from './user-chat.js';
import type { Conversation, Message } from './wire.js';

/** What a client shows. Each view answers the same object until it changes, and nothing in it is ever changed. */
export class Views {
  readonly #user: () => UserChat | undefined;
  readonly #now: () => number;
  readonly #subscriptions = new Subscriptions<Topic>();
  readonly #memo = new Memo<Topic>();
  readonly #listeners = new Set<(message: Message) => void>();

  constructor(user: () => UserChat | undefined, now: () => number) {
    this.#user = user;
    this.#now = now;
  }

  /** Calls back after each change of a topic; answers what ends that. */
  subscribe(topic: Topic, listener: () => void): () => void {
    return this.#subscriptions.subscribe(topic, listener);
  }

  /** Calls back with each message that is sent, by anybody, once; answers what ends that. */
  onMessage(listener: (message: Message) => void): () => void {
    const own = (message: Message): void => listener(message); // the same listener may be there twice
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** The conversations, newest activity first. */
  get inbox(): readonly Conversation[] {
    return this.#memo.of('inbox', 'inbox', () => this.#user()?.model.inbox ?? []);
  }

  conversation(conversationId: string): Conversation | undefined {
    return this.#user()?.model.conversation(conversationId);
  }

  /** The messages of a conversation that are known, the oldest first. */
  messages(conversationId: string): readonly Message[] {
    return this.#user()?.model.messages(conversationId) ?? [];
  }

  /** The messages of a conversation that are not known, by their `seq`, the oldest first. */
  gaps(conversationId: string): readonly Gap[] {
    return this.#seen(conversationId, 'gaps', () => this.#user()?.model.gaps(conversationId) ?? []);
  }

  /** The messages of a conversation, or of all, that are on their way or were refused. */
  outgoing(conversationId?: string): readonly OutgoingMessage[] {
    if (conversationId === undefined)
      return this.#memo.of('outbox', 'outgoing', () => this.#user()?.outbox.messages ?? []);
    const isHere = (each: OutgoingMessage): boolean => each.conversationId === conversationId;
    return this.#seen(conversationId, 'outgoing', () => this.outgoing().filter(isHere));
  }

  /** All commands that were not answered yet, or were refused. */
  get unsent(): readonly Command[] {
    return this.#memo.of('outbox', 'unsent', () => this.#user()?.outbox.unsent ?? []);
  }

  /** How far users have read a conversation, by user, as far as frames and receipts have said. */
  reads(conversationId: string): ReadonlyMap<string, Mark> {
    return this.#seen(conversationId, 'reads', () => this.#user()?.model.reads(conversationId) ?? new Map());
  }

  /** How far users have got the messages of a conversation, by user, as far as frames and receipts have said. */
  deliveries(conversationId: string): ReadonlyMap<string, Mark> {
    return this.#seen(conversationId, 'deliveries', () => this.#user()?.model.deliveries(conversationId) ?? new Map());
  }

  /** The users who are typing in a conversation. */
  typing(conversationId: string): readonly string[] {
    const typing = () => this.#user()?.model.typing(conversationId, this.#now()) ?? [];
    return this.#seen(conversationId, 'typing', typing);
  }

  /** The pinned messages of a conversation, once `loadPins` has fetched them. */
  pins(conversationId: string): readonly string[] | undefined {
    return this.#seen(conversationId, 'pins', () => this.#user()?.model.pins(conversationId));
  }

  /** The presence of a user who is watched. */
  presence(userId: string): PresenceMark | undefined {
    return this.#user()?.model.presence(userId);
  }

  /** Tells subscribers that topics have changed. */
  protected changed(topics: Iterable<Topic>): void {
    const changed = [...topics];
    for (const topic of changed) this.#memo.forget(topic);
    this.#subscriptions.changed(changed);
  }

  /** Forgets every view: somebody else may be signed in. */
  protected allChanged(): void {
    this.#memo.clear();
    this.#subscriptions.allChanged();
  }

  protected tell(message: Message): void {
    for (const listener of this.#listeners) callBack(() => listener(message));
  }

  #seen<Value>(conversationId: string, what: string, make: () => Value): Value {
    return this.#memo.of(`conversation/${conversationId}`, what, make);
  }
}
