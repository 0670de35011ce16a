import type {
  AnyFrame,
  ChangeFrame,
  MessageFrame,
  PersonFrame,
  PinFrame,
  PreferencesFrame,
  ReadFrame,
  ReceiptsFrame,
} from './client-frames.js';
import type { KnownConversation, KnownMember } from './known-conversation.js';
import { KnownHistory, type KnownMessage } from './known-history.js';

/** A client shows the readers of this many own messages of a conversation. */
const WITH_READERS = 3;
/** A list shows this many members. */
const SHOWN_MEMBERS = 20;

const later = (a: string, b: string): string => (BigInt(a) > BigInt(b) ? a : b);

const readSeqOf = ({ lastMessage, unreadCount }: KnownConversation): number => (lastMessage?.seq ?? 0) - unreadCount;

const membersAfter = (known: readonly KnownMember[], { type, members = [], userIds = [] }: ChangeFrame) => {
  if (type === 'conversation.role_changed') {
    const roles = new Map(members.map(({ userId, role }) => [userId, role]));
    return known.map((each) => ({ ...each, role: roles.get(each.userId) ?? each.role }));
  }
  const moving = new Set([...userIds, ...members.map(({ userId }) => userId)]);
  return [...known.filter(({ userId }) => !moving.has(userId)), ...members].slice(0, SHOWN_MEMBERS);
};

/**
 * A client's view of its conversations. It starts from a snapshot and follows the rules of docs/websocket.md for every
 * frame since.
 */
export class ClientModel {
  readonly #me: string;
  readonly #conversations: Map<string, KnownConversation>;
  readonly #pins = new Map<string, Set<string>>();
  readonly #histories = new Map<string, KnownHistory>();
  /** The conversations of which every message is known since the first. */
  readonly #whole = new Set<string>();
  readonly #reads = new Map<string, number>();
  readonly #withReceipts = new Set<string>();

  constructor(me: string, snapshot: readonly KnownConversation[] = []) {
    this.#me = me;
    this.#conversations = new Map(snapshot.map((each) => [each.conversationId, each]));
  }

  get userId(): string {
    return this.#me;
  }

  /** Takes a new snapshot of the list: conversations that are not in it are forgotten. */
  knowConversations(snapshot: readonly KnownConversation[]): void {
    const fresh = new Set(snapshot.map(({ conversationId }) => conversationId));
    for (const known of this.#conversations.keys()) if (!fresh.has(known)) this.forget(known);
    for (const each of snapshot) this.#conversations.set(each.conversationId, each);
  }

  /** Takes in messages of histories or frames. */
  know(messages: readonly KnownMessage[]): void {
    for (const message of messages) this.#historyOf(message.conversationId).take(message);
  }

  /** Takes in all messages of a conversation. */
  knowWhole(conversationId: string, messages: readonly KnownMessage[]): void {
    this.know(messages);
    this.#whole.add(conversationId);
  }

  #historyOf(conversationId: string): KnownHistory {
    const known = this.#histories.get(conversationId) ?? new KnownHistory();
    this.#histories.set(conversationId, known);
    return known;
  }

  /** Says whether a history was fetched; frames have kept it current since. */
  keepsHistory(conversationId: string): boolean {
    return this.#whole.has(conversationId);
  }

  /** Answers the ordinals of messages that a client does not know, though it keeps the whole history. */
  missingIn({ conversationId, lastMessage }: KnownConversation): number[] {
    return this.keepsHistory(conversationId) ? this.#historyOf(conversationId).missingUpTo(lastMessage?.seq ?? 0) : [];
  }

  /** Takes in the pinned messages of a conversation. */
  knowPins(conversationId: string, messageIds: readonly string[]): void {
    this.#pins.set(conversationId, new Set(messageIds));
  }

  /** Answers the pinned messages of a conversation if they were fetched; frames have kept them current since. */
  pinsOf(conversationId: string): readonly string[] | undefined {
    const pins = this.#pins.get(conversationId);
    return pins && [...pins].sort();
  }

  /** Answers the known messages of a conversation, the oldest first. */
  messagesOf(conversationId: string): KnownMessage[] {
    return this.#historyOf(conversationId).messages;
  }

  /** Answers the newest own messages of a conversation, of which the client shows who has read them. */
  newestOwnOf(conversationId: string): KnownMessage[] {
    const own = this.messagesOf(conversationId).filter(({ senderId }) => senderId === this.#me);
    return own.slice(-WITH_READERS);
  }

  /** Takes in how far the members of a conversation have read, as far as receipts of its newest messages say. */
  knowReceipts(conversationId: string, marks: readonly (readonly [userId: string, readSeq: number])[]): void {
    this.#withReceipts.add(conversationId);
    for (const [userId, seq] of marks) this.#knowReader(conversationId, userId, seq);
  }

  /** Says whether the receipts of a conversation were fetched; frames have kept them current since. */
  knowsReceipts(conversationId: string): boolean {
    return this.#withReceipts.has(conversationId);
  }

  /** Takes in that a user has read up to an ordinal. */
  #knowReader(conversationId: string, userId: string, seq: number): void {
    const key = `${conversationId}/${userId}`;
    this.#reads.set(key, Math.max(seq, this.#reads.get(key) ?? 0));
  }

  /** Answers the ordinal up to which a user has read, as far as frames and receipts have said. */
  readUpTo(conversationId: string, userId: string): number {
    return this.#reads.get(`${conversationId}/${userId}`) ?? 0;
  }

  /** Says whether a user has read a message: they have said so, or have sent one behind it. */
  isReadBy({ conversationId, seq }: KnownMessage, userId: string): boolean {
    const answered = this.messagesOf(conversationId).findLast(({ senderId }) => senderId === userId)?.seq ?? 0;
    return Math.max(answered, this.readUpTo(conversationId, userId)) >= seq;
  }

  get conversations(): KnownConversation[] {
    return [...this.#conversations.values()]
      .map((each) => this.#counted(each))
      .sort((a, b) => a.conversationId.localeCompare(b.conversationId));
  }

  /** Counts the unread messages that mention the client's user, where all of them are known. */
  #counted(known: KnownConversation): KnownConversation {
    const unread = this.messagesOf(known.conversationId).filter(({ seq }) => seq > readSeqOf(known));
    if (unread.length !== known.unreadCount) return known;
    return { ...known, mentionCount: unread.filter(({ mentions }) => mentions.includes(this.#me)).length };
  }

  apply(frame: AnyFrame): void {
    const byType: Readonly<Record<string, (frame: never) => void>> = {
      'message.sent': (sent: MessageFrame) => this.#sent(sent),
      'message.read': (read: ReadFrame) => this.#read(read),
      'message.receipts': (told: ReceiptsFrame) => this.#receipts(told),
      'user.updated': (updated: PersonFrame) => this.#user(updated),
      'conversation.preferences': (changed: PreferencesFrame) => this.#preferences(changed),
      'conversation.pinned': (pinned: PinFrame) => this.#pinned(pinned),
      'conversation.unpinned': (unpinned: PinFrame) => this.#unpinned(unpinned),
    };
    const changes = (changed: never): void => {
      if (frame.type.startsWith('message.')) this.#messageChanged(changed);
      if (frame.type.startsWith('conversation.')) this.#changed(changed);
    };
    (byType[frame.type] ?? changes)(frame as never);
  }

  /**
   * Replaces what was known by a whole conversation, and drops one of which only the id is given: the user has left it.
   */
  #changed(frame: ChangeFrame): void {
    const { conversation } = frame;
    const { conversationId } = conversation;
    const known = this.#conversations.get(conversationId);
    if ('unreadCount' in conversation) this.#conversations.set(conversationId, conversation as KnownConversation);
    else if (!('position' in conversation)) this.forget(conversationId);
    else if (known)
      this.#conversations.set(conversationId, {
        ...known,
        ...conversation,
        members: conversation.members ?? membersAfter(known.members, frame),
        position: later(known.position, conversation.position ?? '0'),
      });
  }

  /** Forgets a conversation that the user is in no more. */
  forget(conversationId: string): void {
    this.#conversations.delete(conversationId);
    this.#pins.delete(conversationId);
    this.#histories.delete(conversationId);
    this.#whole.delete(conversationId);
    this.#withReceipts.delete(conversationId);
    for (const key of this.#reads.keys()) if (key.startsWith(conversationId)) this.#reads.delete(key);
  }

  #preferences({ conversationId, preferences }: PreferencesFrame): void {
    const known = this.#conversations.get(conversationId);
    if (known) this.#conversations.set(conversationId, { ...known, preferences });
  }

  #pinned({ conversationId, messageId }: PinFrame): void {
    this.#pins.get(conversationId)?.add(messageId);
  }

  #unpinned({ conversationId, messageId }: PinFrame): void {
    this.#pins.get(conversationId)?.delete(messageId);
  }

  #user({ user }: PersonFrame): void {
    const { userId, username, displayName } = user;
    for (const [conversationId, known] of this.#conversations) {
      const members = known.members.map((each) => (each.userId === userId ? { ...each, username, displayName } : each));
      this.#conversations.set(conversationId, { ...known, members });
    }
  }

  #sent({ message }: MessageFrame): void {
    this.know([message]);
    this.#knowReader(message.conversationId, message.senderId, message.seq);
    const known = this.#conversations.get(message.conversationId);
    if (!known || message.seq <= (known.lastMessage?.seq ?? 0)) return;
    const isOwn = message.senderId === this.#me;
    this.#conversations.set(message.conversationId, {
      ...known,
      lastMessage: message,
      lastActivityAt: message.sentAt,
      position: later(known.position, message.position),
      unreadCount: isOwn ? 0 : message.seq - readSeqOf(known),
      lastReadMessageId: isOwn ? message.messageId : known.lastReadMessageId,
    });
  }

  #messageChanged({ position, message }: MessageFrame): void {
    this.know([message]);
    const known = this.#conversations.get(message.conversationId);
    if (!known) return;
    const { lastMessage } = known;
    const isLast = message.seq === lastMessage?.seq && BigInt(message.position) >= BigInt(lastMessage.position);
    this.#conversations.set(message.conversationId, {
      ...known,
      lastMessage: isLast ? message : lastMessage,
      position: later(known.position, position),
    });
  }

  #receipts({ conversationId, receipts }: ReceiptsFrame): void {
    for (const { userId, readSeq = 0 } of receipts) this.#knowReader(conversationId, userId, readSeq);
  }

  #read({ conversationId, userId, messageId, seq }: ReadFrame): void {
    this.#knowReader(conversationId, userId, seq);
    const known = this.#conversations.get(conversationId);
    if (!known || userId !== this.#me || seq <= readSeqOf(known)) return;
    const unreadCount = (known.lastMessage?.seq ?? 0) - seq;
    this.#conversations.set(conversationId, { ...known, unreadCount, lastReadMessageId: messageId });
  }
}
