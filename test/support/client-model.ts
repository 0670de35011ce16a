/** A list shows this many members. */
const SHOWN_MEMBERS = 20;

interface KnownMember {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: string;
}

/** The whole message, as a client keeps it. */
export interface KnownMessage {
  readonly messageId: string;
  readonly conversationId: string;
  readonly senderId: string;
  readonly seq: number;
  readonly sentAt: string;
  readonly mentions: readonly string[];
  readonly position: string;
}

/** The part of a conversation that a client keeps. */
export interface KnownConversation {
  readonly conversationId: string;
  readonly members: readonly KnownMember[];
  readonly lastMessage: KnownMessage | null;
  readonly lastActivityAt: string;
  readonly unreadCount: number;
  readonly mentionCount: number;
  readonly lastReadMessageId: string | null;
  readonly preferences: object;
  readonly position: string;
}

/** A message that was sent or changed. */
interface MessageFrame {
  readonly position: string;
  readonly message: KnownMessage;
}

interface ReadFrame {
  readonly conversationId: string;
  readonly userId: string;
  readonly messageId: string;
  readonly seq: number;
}

/** What one frame says of others: how far each has got and read the messages. */
interface ReceiptsFrame {
  readonly conversationId: string;
  readonly receipts: readonly { readonly userId: string; readonly readSeq?: number; readonly deliveredSeq?: number }[];
}

interface ChangeFrame {
  readonly type: string;
  /** The frame shows the whole conversation, the part that all members see alike, or its id alone. */
  readonly conversation: Partial<KnownConversation> & Pick<KnownConversation, 'conversationId'>;
  readonly members?: readonly KnownMember[];
  readonly userIds?: readonly string[];
}

interface PinFrame {
  readonly conversationId: string;
  readonly messageId: string;
}

interface PreferencesFrame {
  readonly conversationId: string;
  readonly preferences: object;
}

interface PersonFrame {
  readonly user: Pick<KnownMember, 'userId' | 'username' | 'displayName'>;
}

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

type AnyFrame = Readonly<Record<string, unknown>> & { readonly type: string };

/**
 * A client's view of its conversations. It starts from a snapshot and follows the rules of docs/websocket.md for every
 * frame since.
 */
export class ClientModel {
  readonly #me: string;
  readonly #conversations: Map<string, KnownConversation>;
  readonly #pins = new Map<string, Set<string>>();
  readonly #messages = new Map<string, KnownMessage>();
  readonly #reads = new Map<string, number>();
  readonly #withReceipts = new Set<string>();

  constructor(me: string, snapshot: readonly KnownConversation[]) {
    this.#me = me;
    this.#conversations = new Map(snapshot.map((each) => [each.conversationId, each]));
  }

  get userId(): string {
    return this.#me;
  }

  /** Takes in messages of histories or frames; the version with the later change stays. */
  know(messages: readonly KnownMessage[]): void {
    for (const message of messages) {
      const known = this.#messages.get(message.messageId);
      if (!known || BigInt(message.position) >= BigInt(known.position)) this.#messages.set(message.messageId, message);
    }
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
    const known = [...this.#messages.values()].filter((each) => each.conversationId === conversationId);
    return known.sort((one, other) => one.seq - other.seq);
  }

  /** Answers the ordinal up to which a user has read, as far as frames have said. */
  readUpTo(conversationId: string, userId: string): number {
    return this.#reads.get(`${conversationId}/${userId}`) ?? 0;
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
    else if (!('position' in conversation)) this.#forget(conversationId);
    else if (known)
      this.#conversations.set(conversationId, {
        ...known,
        ...conversation,
        members: conversation.members ?? membersAfter(known.members, frame),
        position: later(known.position, conversation.position ?? '0'),
      });
  }

  #forget(conversationId: string): void {
    this.#conversations.delete(conversationId);
    this.#pins.delete(conversationId);
    this.#withReceipts.delete(conversationId);
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
    this.#readUpTo(message.conversationId, message.senderId, message.seq);
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

  /** Takes in how far the members of a conversation have read, as far as receipts of its newest messages say. */
  knowReceipts(conversationId: string, marks: readonly (readonly [userId: string, readSeq: number])[]): void {
    this.#withReceipts.add(conversationId);
    for (const [userId, seq] of marks) this.#readUpTo(conversationId, userId, seq);
  }

  /** Says whether the receipts of a conversation were fetched; frames have kept them current since. */
  knowsReceipts(conversationId: string): boolean {
    return this.#withReceipts.has(conversationId);
  }

  #receipts({ conversationId, receipts }: ReceiptsFrame): void {
    for (const { userId, readSeq = 0 } of receipts) this.#readUpTo(conversationId, userId, readSeq);
  }

  #readUpTo(conversationId: string, userId: string, seq: number): void {
    const key = `${conversationId}/${userId}`;
    this.#reads.set(key, Math.max(seq, this.#reads.get(key) ?? 0));
  }

  #read({ conversationId, userId, messageId, seq }: ReadFrame): void {
    this.#readUpTo(conversationId, userId, seq);
    const known = this.#conversations.get(conversationId);
    if (!known || userId !== this.#me || seq <= readSeqOf(known)) return;
    const unreadCount = (known.lastMessage?.seq ?? 0) - seq;
    this.#conversations.set(conversationId, { ...known, unreadCount, lastReadMessageId: messageId });
  }
}
