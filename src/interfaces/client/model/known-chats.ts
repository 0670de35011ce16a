import type { Conversation, Message } from '../wire.js';
import { Freshness } from './freshness.js';
import { History, type Gap } from './history.js';
import type { Mark } from './marks.js';
import { countedMentions } from './mentions.js';
import { Others, type PresenceMark } from './others.js';

/** What subscribers hear of: `inbox`, `presence`, and `conversation/<id>`. */
export type ModelTopic = 'inbox' | 'presence' | `conversation/${string}`;

/** What a client knows of its conversations, as snapshots, pages and receipts say. */
export class KnownChats {
  protected readonly others = new Others();
  protected readonly freshness = new Freshness();
  readonly #me: string;
  readonly #conversations = new Map<string, Conversation>();
  readonly #histories = new Map<string, History>();
  readonly #pins = new Map<string, ReadonlySet<string>>();
  #changed = new Set<ModelTopic>();

  constructor(me: string) {
    this.#me = me;
  }

  /** The user whose view this is. */
  get me(): string {
    return this.#me;
  }

  /** All conversations, newest activity first. */
  get inbox(): Conversation[] {
    return [...this.#conversations.values()].sort((one, other) =>
      one.lastActivityAt === other.lastActivityAt
        ? other.conversationId.localeCompare(one.conversationId)
        : other.lastActivityAt.localeCompare(one.lastActivityAt),
    );
  }

  conversation(conversationId: string): Conversation | undefined {
    return this.#conversations.get(conversationId);
  }

  /** Answers the known messages of a conversation, the oldest first. */
  messages(conversationId: string): readonly Message[] {
    return this.#histories.get(conversationId)?.messages ?? [];
  }

  /** Answers which messages of a conversation are not known, the oldest first. */
  gaps(conversationId: string): Gap[] {
    const last = this.#conversations.get(conversationId)?.lastMessage?.seq ?? 0;
    return (this.#histories.get(conversationId) ?? new History()).gapsUpTo(last);
  }

  /** Answers the pinned messages of a conversation if they were fetched; frames have kept them current since. */
  pins(conversationId: string): readonly string[] | undefined {
    const pins = this.#pins.get(conversationId);
    return pins && [...pins];
  }

  /** Answers how far each user has read in a conversation, as far as frames and receipts have said. */
  reads(conversationId: string): ReadonlyMap<string, Mark> {
    return this.others.reads.of(conversationId);
  }

  /** Answers how far each user has got the messages of a conversation, as far as frames and receipts have said. */
  deliveries(conversationId: string): ReadonlyMap<string, Mark> {
    return this.others.deliveries.of(conversationId);
  }

  /** Takes in how far a user has read, as receipts say. */
  knowRead(conversationId: string, userId: string, mark: Mark): void {
    this.others.reads.move(conversationId, userId, mark);
    this.touched(conversationId, 'history');
  }

  presence(userId: string): PresenceMark | undefined {
    return this.others.presence(userId);
  }

  /** Answers who is typing in a conversation. */
  typing(conversationId: string, now: number): string[] {
    return this.others.typing.in(conversationId, now);
  }

  /** Removes from those who type whoever was not told of again; answers when the next is to be removed. */
  expireTyping(now: number): number | undefined {
    const { conversationIds, next } = this.others.typing.expire(now);
    for (const conversationId of conversationIds) this.#changed.add(`conversation/${conversationId}`);
    return next;
  }

  /** Takes in how far a user has got the messages, as receipts say. */
  knowDelivered(conversationId: string, userId: string, mark: Mark): void {
    this.others.deliveries.move(conversationId, userId, mark);
    this.touched(conversationId, 'history');
  }

  /** The conversations that have to be asked for again: they are not known, or not how many mentions are unread. */
  get uncertain(): ReadonlySet<string> {
    return this.freshness.uncertain;
  }

  /** Answers what has changed since the last call. */
  takeChanged(): ReadonlySet<ModelTopic> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** Answers a number that grows with each change of a conversation. */
  revisionOf(conversationId: string): number {
    return this.freshness.revisionOf(conversationId);
  }

  /** Takes a snapshot of all conversations in place of those that were known. */
  reset(conversations: readonly Conversation[]): void {
    const kept = new Set(conversations.map(({ conversationId }) => conversationId));
    for (const conversationId of this.#conversations.keys()) if (!kept.has(conversationId)) this.forget(conversationId);
    for (const conversation of conversations) this.replace(conversation);
  }

  /** Takes a whole conversation in place of what was known of it. */
  replace(conversation: Conversation): void {
    this.freshness.settle(conversation.conversationId);
    this.set(conversation);
  }

  /** Drops everything of a conversation that the user has left. */
  forget(conversationId: string): void {
    this.freshness.settle(conversationId);
    for (const known of [this.#conversations, this.#histories, this.#pins]) known.delete(conversationId);
    this.others.forget(conversationId);
    this.touched(conversationId);
  }

  /** Takes in the names of members as a newer list shows them. */
  knowNames(conversations: readonly Conversation[]): void {
    const names = new Map(conversations.flatMap(({ members }) => members.map((each) => [each.userId, each] as const)));
    for (const known of this.#conversations.values()) {
      const members = known.members.map((each) => {
        const { username, displayName } = names.get(each.userId) ?? each;
        const isSame = username === each.username && displayName === each.displayName;
        return isSame ? each : { ...each, username, displayName };
      });
      if (members.some((each, index) => each !== known.members[index])) this.set({ ...known, members });
    }
  }

  /** Takes in messages of a history. */
  know(conversationId: string, messages: readonly Message[]): void {
    const history = this.historyOf(conversationId);
    if (!history.know(messages)) return;
    this.touched(conversationId, 'history');
    const known = this.#conversations.get(conversationId);
    const mentionCount = known && countedMentions(history, known, this.#me);
    if (known && mentionCount !== undefined && mentionCount !== known.mentionCount)
      this.set({ ...known, mentionCount });
  }

  /** Takes in the newer forms of messages; those that are not kept stay unknown, but replies to them are marked. */
  knowChanges(conversationId: string, messages: readonly Message[]): void {
    const history = this.#histories.get(conversationId);
    if (history?.learnDeleted(messages)) this.touched(conversationId, 'history');
    this.know(
      conversationId,
      messages.filter(({ seq }) => history?.at(seq)),
    );
  }

  /** Drops the messages of a conversation behind this ordinal: they may have changed. */
  forgetAfter(conversationId: string, seq: number): void {
    this.#histories.get(conversationId)?.forgetAfter(seq);
    this.touched(conversationId, 'history');
  }

  /** Forgets everything. */
  clear(): void {
    for (const conversationId of this.#conversations.keys()) this.forget(conversationId);
  }

  /** Takes in the pinned messages of a conversation. */
  knowPins(conversationId: string, messageIds: readonly string[]): void {
    this.#pins.set(conversationId, new Set(messageIds));
    this.touched(conversationId, 'history');
  }

  /** The conversations of which messages or pins are kept. */
  get kept(): readonly string[] {
    return [...new Set([...this.#histories.keys(), ...this.#pins.keys()])];
  }

  protected historyOf(conversationId: string): History {
    const history = this.#histories.get(conversationId) ?? new History();
    this.#histories.set(conversationId, history);
    return history;
  }

  protected touched(conversationId: string, what: 'conversation' | 'history' = 'conversation'): void {
    this.#changed.add(`conversation/${conversationId}`);
    if (what === 'history') return;
    this.#changed.add('inbox');
    this.freshness.overtaken(conversationId);
  }

  protected set(conversation: Conversation): void {
    const { conversationId, lastMessage } = conversation;
    const shown = lastMessage && (this.#histories.get(conversationId)?.shown(lastMessage) ?? lastMessage);
    this.#conversations.set(
      conversationId,
      shown === lastMessage ? conversation : { ...conversation, lastMessage: shown },
    );
    this.touched(conversationId);
  }

  /** Notes that a topic has changed. */
  protected changed(topic: ModelTopic): void {
    this.#changed.add(topic);
  }
}
